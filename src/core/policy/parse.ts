import { isMap, isSeq, LineCounter, parseDocument, visit, type Document } from 'yaml';
import type * as z from 'zod';
import { tooManyExamples, tooManyGlobs, tooMuchYaml } from './budget.ts';
import type { Diagnostic, Layer, ParsedLayer } from './layer.ts';
import { PolicyFileSchema } from './schema.ts';
import { suggestKey } from './suggest.ts';

export type ParseResult = { ok: true; parsed: ParsedLayer } | { ok: false; diagnostics: Diagnostic[] };

const MAX_CHARACTERS = 262_144;
const MAX_DIAGNOSTICS = 50;

/**
 * Reads one policy file. Everything that is not plainly a policy is an error with its place: YAML errors and
 * warnings, several documents, aliases beyond a few, unknown keys (with a suggestion), wrong types and ranges, and
 * whatever would take long to be read or asked (budget.ts). An empty file is an empty policy.
 */
export function parsePolicy(text: string, file: string, layer: Layer): ParseResult {
  const result = parsed(text, file, layer);
  if (result.ok || result.diagnostics.length <= MAX_DIAGNOSTICS) return result;
  const [first] = result.diagnostics;
  const more = `${result.diagnostics.length - MAX_DIAGNOSTICS} more problems are not listed`;
  return {
    ok: false,
    diagnostics: [
      ...result.diagnostics.slice(0, MAX_DIAGNOSTICS),
      { severity: 'error', message: more, file, line: first?.line ?? 1, column: first?.column ?? 1 },
    ],
  };
}

function parsed(text: string, file: string, layer: Layer): ParseResult {
  const lines = new LineCounter();
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const fail = (message: string, offset = 0): ParseResult => ({
    ok: false,
    diagnostics: [{ severity: 'error', message, file, ...at(offset) }],
  });
  if (text.length > MAX_CHARACTERS) return fail(`the file is longer than ${MAX_CHARACTERS} characters`);
  if (text.includes('\0')) return fail('the file contains a NUL byte; is it a text file?');
  const tooMuch = tooMuchYaml(text);
  if (tooMuch) {
    // The parser, which counts lines, has not seen it.
    const before = text.slice(0, tooMuch.offset).split('\n');
    const place = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    return { ok: false, diagnostics: [{ severity: 'error', message: tooMuch.message, file, ...place }] };
  }
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      lineCounter: lines,
      uniqueKeys: true,
      strict: true,
      stringKeys: true,
      prettyErrors: false, // they copy the text around each of thousands
    });
  } catch (error) {
    return fail(
      `this is not YAML that can be read: ${firstLine(error instanceof Error ? error.message : String(error))}`,
    );
  }
  const troubles = [...document.errors, ...document.warnings];
  if (troubles.length > 0) {
    return {
      ok: false,
      diagnostics: troubles.map((trouble) => ({
        severity: 'error',
        message: firstLine(trouble.message),
        file,
        ...at(trouble.pos[0]),
      })),
    };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 20 });
  } catch (error) {
    return fail(firstLine(error instanceof Error ? error.message : String(error)), offsetOfAlias(document));
  }
  const tooDear = tooManyGlobs(value);
  if (tooDear) return fail(tooDear.message, offsetOf(document, tooDear.path));
  const result = PolicyFileSchema.safeParse(value ?? {});
  if (!result.success) {
    return {
      ok: false,
      diagnostics: result.error.issues.slice(0, MAX_DIAGNOSTICS + 1).flatMap((found) => {
        const issue = mostTelling(found);
        const path = issue.path.filter((part) => typeof part !== 'symbol');
        if (issue.code === 'unrecognized_keys')
          return issue.keys.slice(0, MAX_DIAGNOSTICS + 1).map((key) => ({
            severity: 'error' as const,
            message: `unknown key "${key.slice(0, 100)}"${suggestKey(key)}`,
            file,
            ...at(offsetOf(document, [...path, key], true)),
          }));
        const name = path.length === 0 ? 'the policy' : keyName(path);
        return [
          {
            severity: 'error' as const,
            message: `${name}: ${plainly(issue)}`,
            file,
            ...at(offsetOf(document, path)),
          },
        ];
      }),
    };
  }
  if (layer !== 'organization' && result.data.roles !== undefined)
    return fail('roles belong into the organization policy', offsetOf(document, ['roles'], true));
  const example = tooManyExamples(result.data);
  if (example) return fail(example.message, offsetOf(document, example.path));
  return {
    ok: true,
    parsed: {
      layer,
      file,
      values: result.data,
      originOf: (path) => ({ layer, file, ...at(offsetOf(document, path)) }),
    },
  };
}

/** `rules[2].paths`, as people write it. */
function keyName(path: readonly (string | number)[]): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

/** Of a value that fits none of several shapes: what the one says that it fits furthest, at its place. */
function mostTelling(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const best = issue.errors.flatMap(([first]) => (first && first.path.length > 0 ? [first] : []))[0];
  return best ? mostTelling({ ...best, path: [...issue.path, ...best.path] }) : issue;
}

/** What is wrong with a value, without the words of a type checker. */
function plainly(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    const words: Record<string, string> = {
      boolean: 'true or false',
      array: 'a list',
      object: 'keys of its own',
      number: 'a number',
      int: 'a whole number',
      string: 'a text',
    };
    const wanted = words[issue.expected];
    return `must be ${wanted ?? issue.expected}`;
  }
  if (issue.code === 'invalid_value')
    return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
  if (issue.code === 'invalid_union') {
    // The branch that fits best says most: the one that objects furthest in.
    const best = issue.errors
      .map((branch) => branch[0])
      .sort((a, b) => (b?.path.length ?? 0) - (a?.path.length ?? 0))[0];
    if (best && best.code !== 'invalid_type') return plainly(best);
    return `must be ${issue.errors.flatMap((branch) => (branch[0] ? [plainly(branch[0]).replace(/^must be /, '')] : [])).join(', or ')}`;
  }
  return issue.message;
}

/** Where a key (or with `key`, its name) starts in the text; the nearest parent's start where it does not exist. */
function offsetOf(document: Document, path: readonly (string | number)[], key = false): number {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const [depth, part] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => String(keyText(item.key)) === String(part));
      if (!pair) return offset;
      offset =
        key && depth === path.length - 1 ? startOf(pair.key, offset) : startOf(pair.value, startOf(pair.key, offset));
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      offset = startOf(node, offset);
    } else return offset;
  }
  return offset;
}

/** Where the alias stands that leads nowhere; the first alias where there are only too many. */
function offsetOfAlias(document: Document): number {
  let first: number | undefined;
  let lost: number | undefined;
  visit(document, {
    Alias(_key, node) {
      first ??= startOf(node);
      if (node.resolve(document) !== undefined) return undefined;
      lost = startOf(node);
      return visit.BREAK;
    },
  });
  return lost ?? first ?? 0;
}

function keyText(key: unknown): unknown {
  return typeof key === 'object' && key !== null && 'value' in key ? key.value : key;
}

function startOf(node: unknown, otherwise = 0): number {
  if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
    const first: unknown = node.range[0];
    if (typeof first === 'number') return first;
  }
  return otherwise;
}

function firstLine(text: string): string {
  if (text.startsWith('Maximum call stack')) return 'it is nested too deeply';
  return text.split('\n')[0] ?? text;
}
