import { isMap, isSeq, LineCounter, parseDocument, visit, type Document } from 'yaml';
import type { Origin } from '../../shared/decision.ts';
import { PolicyFileSchema, type PolicyFile } from './schema.ts';
import { suggestKey } from './suggest.ts';

/** A message about a policy file, with its place (line and column counted from 1). */
export interface Diagnostic {
  severity: 'error' | 'warning' | 'info';
  message: string;
  file: string;
  line: number;
  column: number;
}

export type Layer = 'user' | 'workspace' | 'run';

/** One layer that parsed: its values, and where each of them stands. */
export interface ParsedLayer {
  layer: Layer;
  file: string;
  /** For a workspace policy: the folder it stands in. */
  base?: string;
  values: PolicyFile;
  originOf(path: readonly (string | number)[]): Origin;
}

export type ParseResult = { ok: true; parsed: ParsedLayer } | { ok: false; diagnostics: Diagnostic[] };

const MAX_CHARACTERS = 262_144;

/**
 * Reads one policy file. Everything that is not plainly a policy is an error with its place: YAML errors and
 * warnings, several documents, aliases beyond a few, unknown keys (with a suggestion), wrong types and ranges.
 * An empty file is an empty policy.
 */
export function parsePolicy(text: string, file: string, layer: Layer): ParseResult {
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
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true, stringKeys: true });
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
  const result = PolicyFileSchema.safeParse(value ?? {});
  if (!result.success) {
    return {
      ok: false,
      diagnostics: result.error.issues.flatMap((issue) => {
        const path = issue.path.filter((part) => typeof part !== 'symbol');
        if (issue.code === 'unrecognized_keys')
          return issue.keys.map((key) => ({
            severity: 'error' as const,
            message: `unknown key "${key}"${suggestKey(key)}`,
            file,
            ...at(offsetOf(document, [...path, key], true)),
          }));
        const name = path.length === 0 ? 'the policy' : path.join('.');
        return [
          { severity: 'error' as const, message: `${name}: ${issue.message}`, file, ...at(offsetOf(document, path)) },
        ];
      }),
    };
  }
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
  return text.split('\n')[0] ?? text;
}
