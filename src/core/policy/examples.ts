import type { Action } from '../../shared/action.ts';
import type { BashParser } from '../command/bash.ts';
import { recordedPrograms } from '../command/recorded.ts';
import { understand } from '../command/understand.ts';
import { absolutePath, BadPath } from '../scope/spelling.ts';
import { note } from './settle.ts';
import type { Diagnostic, ParsedLayer } from './layer.ts';
import type { RuleKeys } from './ruleSchema.ts';
import { matcher, type Rule } from './rules.ts';
import { toolsThat } from './toolsThat.ts';

// Examples are tried where a path is a path and nothing is a link: in a workspace that does not exist.
const ROOT = '/workspace';
const STARTING = toolsThat('execute');
const CONTEXT = { roots: [ROOT], home: '/home/user' };

/** The examples of a policy's rules, those of roles too, that do not do what they say, as errors at their place. */
export function checkExamples(layer: ParsedLayer, parser: BashParser): Diagnostic[] {
  const { rules = [], roles = [] } = layer.values;
  return [
    ...wrongIn(rules, ['rules'], layer, parser),
    ...roles.flatMap(({ policy }, index) =>
      wrongIn(policy.rules ?? [], ['roles', index, 'policy', 'rules'], layer, parser),
    ),
  ];
}

function wrongIn(
  rules: readonly RuleKeys[],
  path: readonly (string | number)[],
  layer: ParsedLayer,
  parser: BashParser,
): Diagnostic[] {
  return rules.flatMap((keys, index) => {
    const origin = layer.originOf([...path, index]);
    const rule: Rule = { keys, origin, paths: (keys.paths ?? []).map((written) => ({ written, origin })) };
    const matches = matcher(rule, CONTEXT);
    const wrong = (kind: 'match' | 'no_match', examples: readonly string[]): Diagnostic[] =>
      examples.flatMap((example, at) => {
        const say = (words: string): Diagnostic[] => [
          {
            ...note(
              layer.originOf([...path, index, 'examples', kind, at]),
              `example "${example.slice(0, 80)}" ${words}`,
            ),
            severity: 'error',
          },
        ];
        try {
          if (matches(actionOf(example, rule, parser)) === (kind === 'match')) return [];
        } catch (error) {
          if (!(error instanceof BadPath)) throw error;
          return say(`cannot be tried: ${error.message}`);
        }
        return say(kind === 'match' ? 'does not match, and should' : 'matches, and should not');
      });
    return [...wrong('match', keys.examples?.match ?? []), ...wrong('no_match', keys.examples?.no_match ?? [])];
  });
}

/** A command for rules about commands, else a path. */
function actionOf(example: string, { keys }: Rule, parser: BashParser): Action {
  if (!keys.commands) {
    const path = absolutePath(example, ROOT, CONTEXT.home);
    const tool = keys.tools?.[0] ?? 'read_file';
    const resources = [{ path, access: 'read' as const }];
    return { tool, kind: 'look', effect: 'read', resources, arguments: {}, undo: 'none' };
  }
  const meaning = understand(example, parser);
  const { doubts, paths } = meaning;
  return {
    tool: (keys.tools ?? STARTING).find((tool) => STARTING.includes(tool)) ?? '',
    kind: 'run',
    effect: 'execute',
    resources: [
      { path: ROOT, access: 'list' },
      ...paths.map(({ spelling, access }) => ({ path: absolutePath(spelling, ROOT, CONTEXT.home), access })),
    ],
    arguments: { command: example },
    binds: [],
    launch: {
      argv: ['/bin/bash', '-c', example],
      cwd: ROOT,
      environment: {},
      workspace: 'writable',
      secrets: 'hidden',
    },
    command: {
      ...recordedPrograms(meaning),
      doubts,
      scripts: [],
    },
    undo: 'none',
  };
}
