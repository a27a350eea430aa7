import { Lexer } from 'yaml';
import { globWeight } from '../scope/glob.ts';
import type { RuleKeys } from './ruleSchema.ts';
import type { PolicyFile } from './layer.ts';

// What one policy file may cost to read and to ask. A cloned repository brings one, and it is read before anybody has
// looked at it: everything here is counted, never timed, so that a file is valid on every machine or on none. Within
// these bounds the dearest file found takes a third of a second.

const MOST_TOKENS = 24_000;
const MOST_ALIASES = 20;
const MOST_VALUES = 50_000;
const MOST_GLOB_WEIGHT = 131_072;
const MOST_EXAMPLES = 2000;
const MOST_EXAMPLE = 1000;
const MOST_EXAMPLE_TEXT = 65_536;
const MOST_EXAMPLE_TRIALS = 100_000;

export interface OverBudget {
  path: (string | number)[];
  message: string;
}

/** Where a text holds more YAML than a policy may, before any of it is parsed; undefined where it does not. */
export function tooMuchYaml(text: string): { offset: number; message: string } | undefined {
  let offset = 0;
  let tokens = 0;
  let aliases = 0;
  let firstAlias = 0;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (token.startsWith('*')) {
      if (aliases === 0) firstAlias = offset;
      aliases += 1;
    }
    if (tokens > MOST_TOKENS) return { offset, message: 'the file holds more than a policy may: make it shorter' };
    if (aliases > MOST_ALIASES)
      return { offset: firstAlias, message: `the file holds more than ${MOST_ALIASES} aliases (*name)` };
    offset += CONTROL.has(token) ? 0 : token.length;
  }
  return undefined;
}

/** Tokens that the lexer adds: they are no text of the file (yaml, parse/cst.ts). */
const CONTROL = new Set(['\u{FEFF}', '\x02', '\x18', '\x1f']);

/** Texts that are no patterns, whatever signs they hold. */
const NO_PATTERNS = new Set<string | number>(['examples', 'why']);

/** The first entry with which the globs of a file cost more to be asked than all of one file's may. */
export function tooManyGlobs(value: unknown): OverBudget | undefined {
  let weight = 0;
  let values = 0;
  const pending: { value: unknown; path: (string | number)[] }[] = [{ value, path: [] }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    values += 1;
    if (values > MOST_VALUES) return { path: next.path, message: 'the file holds more than a policy may' };
    if (typeof next.value === 'string') {
      weight += globWeight(next.value);
      if (weight > MOST_GLOB_WEIGHT)
        return {
          path: next.path,
          message: 'the patterns up to here take too long to be compared: use fewer braces, * and [ ]',
        };
    } else if (typeof next.value === 'object' && next.value !== null) {
      const { path } = next;
      const keys = Array.isArray(next.value)
        ? next.value.map((item: unknown, key) => [key, item] as const)
        : Object.entries(next.value);
      for (const [key, item] of [...keys].reverse())
        if (!NO_PATTERNS.has(key)) pending.push({ value: item, path: [...path, key] });
    }
  }
  return undefined;
}

/** The first example that is one too many, too long, or too dear to be tried. */
export function tooManyExamples({ rules = [], roles = [] }: PolicyFile): OverBudget | undefined {
  const spent = { examples: 0, text: 0, trials: 0 };
  const lists: { rules: readonly RuleKeys[]; path: (string | number)[] }[] = [
    { rules, path: ['rules'] },
    ...roles.map(({ policy }, index) => ({ rules: policy.rules ?? [], path: ['roles', index, 'policy', 'rules'] })),
  ];
  for (const list of lists)
    for (const [index, rule] of list.rules.entries())
      for (const kind of ['match', 'no_match'] as const)
        for (const [at, example] of (rule.examples?.[kind] ?? []).entries()) {
          spent.examples += 1;
          spent.text += example.length;
          spent.trials += (rule.commands?.length ?? 0) + (rule.paths?.length ?? 0);
          const message =
            example.length > MOST_EXAMPLE
              ? `an example may have ${MOST_EXAMPLE} characters`
              : spent.examples > MOST_EXAMPLES || spent.text > MOST_EXAMPLE_TEXT || spent.trials > MOST_EXAMPLE_TRIALS
                ? 'the examples up to here take too long to be tried: use fewer or shorter ones'
                : undefined;
          if (message !== undefined) return { path: [...list.path, index, 'examples', kind, at], message };
        }
  return undefined;
}
