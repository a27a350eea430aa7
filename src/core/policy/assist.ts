import { isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml';
import { tooMuchYaml } from './budget.ts';
import { policyJsonSchema, type SchemaNode } from './jsonSchema.ts';
import { documentationOf, isRequired, keysOf, schemaAt, typeWords, valuesOf } from './schemaWords.ts';

/** Something to insert in place of the text between `from` and `to` (offsets). */
export interface Completion {
  label: string;
  insert: string;
  /** Its type, in plain words. */
  detail: string;
  documentation: string;
  from: number;
  to: number;
}

export interface Hover {
  markdown: string;
  from: number;
  to: number;
}

const SCHEMA = policyJsonSchema();
// Files are parsed up to this length (parse.ts). Help is given within the lines of one top-level key, up to the second.
const LONGEST_TEXT = 262_144;
const LONGEST_SECTION = 65_536;

/** What may stand at the cursor of a policy that is being written, and so need not parse. Total, in bounded time. */
export function completionsAt(text: string, offset: number): Completion[] {
  const section = sectionAt(text, offset);
  if (!section) return [];
  let [from, to] = [offset, offset];
  while (from > section.from && isWordAt(text, from - 1)) from -= 1;
  while (to < section.to && isWordAt(text, to)) to += 1;
  const before = text.slice(section.from, from);
  const after = text.slice(to, section.to);
  const lead = before.slice(before.lastIndexOf('\n') + 1);
  const rest = /^[^\r\n]*/.exec(after)?.[0] ?? '';
  // A stand-in for what is to come: alone on its line it is a key, or the line below would be taken as its end.
  const isAlone = /^[ \t]*(?:- +)*$/.test(lead) && /^[ \t]*(?:#|$)/.test(rest);
  const marked = before.slice(0, before.length - lead.length);
  const place = placeAt(
    `${withoutStubs(marked)}${lead}cursor${isAlone ? ':' : ''}${rest}${withoutStubs(after.slice(rest.length))}`,
    from - section.from,
  );
  if (!place) return [];
  const isQuoted = place.from < from - section.from;
  if (isQuoted && !/["']$/.test(lead)) return [];
  const schema = schemaAt(SCHEMA, place.path);
  const keys = place.kind === 'key' ? keysOf(schema) : [];
  if (keys.length === 0) {
    if (place.kind === 'key' && !isAlone) return [];
    const detail = typeWords(schema ?? {});
    return valuesOf(schema)
      .filter((label) => !place.items.includes(label))
      .map((label) => ({ label, insert: label, detail, documentation: schema?.description ?? '', from, to }));
  }
  if (isQuoted) return [];
  const present = new Set([...place.keys, ...(place.path.length === 0 ? topKeys(text, from, to) : [])]);
  const hasColon = /^[ \t]*:/.test(rest);
  return keys
    .filter(([key]) => !present.has(key))
    .map(([label, node]) => ({
      label,
      insert: label + (hasColon ? '' : isAlone ? opening(node, lead.length) : ': '),
      detail: typeWords(node) + (schema && isRequired(schema, label) ? ', required' : ''),
      documentation: documentationOf(node),
      from,
      to,
    }));
}

/** What a key means: description, type and default. */
export function hoverAt(text: string, offset: number): Hover | undefined {
  const section = sectionAt(text, offset);
  if (!section) return undefined;
  const place = placeAt(withoutStubs(text.slice(section.from, section.to)), offset - section.from);
  if (place?.kind !== 'key') return undefined;
  const node = schemaAt(SCHEMA, [...place.path, place.name]);
  if (!node) return undefined;
  return {
    markdown: `**${place.name}**: ${typeWords(node)}\n\n${documentationOf(node)}`,
    from: section.from + place.from,
    to: section.from + place.to,
  };
}

/** What follows a new key: its place for a value, or a line for the first thing below it. */
function opening(node: SchemaNode, indent: number): string {
  if (node.type === 'object') return `:\n${' '.repeat(indent + 2)}`;
  return node.type === 'array' ? `:\n${' '.repeat(indent + 2)}- ` : ': ';
}

/** The lines of the top-level key that the offset is in: what is broken elsewhere in the file does not matter here. */
function sectionAt(text: string, offset: number): { from: number; to: number } | undefined {
  if (text.length > LONGEST_TEXT || !Number.isInteger(offset) || offset < 0 || offset > text.length) return undefined;
  let from = lineStart(text, offset);
  while (from > 0 && !/[^\s#}\]-]/.test(text.charAt(from)) && offset - from <= LONGEST_SECTION)
    from = lineStart(text, from - 1);
  let to = lineEnd(text, offset);
  while (to < text.length && !/[^\s#}\]-]/.test(text.charAt(to + 1)) && to - offset <= LONGEST_SECTION)
    to = lineEnd(text, to + 1);
  return to - from <= LONGEST_SECTION ? { from, to } : undefined;
}

function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end;
}

function isWordAt(text: string, offset: number): boolean {
  return /\w/.test(text.charAt(offset));
}

/** Lines that are a word and nothing else are keys that still lack their colon: they would swallow the next line. */
function withoutStubs(lines: string): string {
  return lines.replace(/^[ \t]*\w+[ \t\r]*$/gm, (line) => ' '.repeat(line.length));
}

/** The top-level keys of the whole file, without the text that a completion replaces. */
function topKeys(text: string, from: number, to: number): string[] {
  return [...(text.slice(0, from) + text.slice(to)).matchAll(/^["']?(\w+)["']?[ \t]*:/gm)].map(([, key]) => key ?? '');
}

/** Where an offset is: in a key or a value, below which path, beside which keys and list entries. */
interface Place {
  kind: 'key' | 'value';
  path: (string | number)[];
  name: string;
  from: number;
  to: number;
  keys: string[];
  items: string[];
}

function placeAt(text: string, at: number): Place | undefined {
  const path: (string | number)[] = [];
  let items: string[] = [];
  let node = contentsOf(text);
  for (;;) {
    if (isMap(node)) {
      const pair = node.items.find(({ key, value }) => covers(key, at) || covers(value, at));
      if (!pair) return undefined;
      const keys = node.items.filter((other) => other !== pair).map(({ key }) => textOf(key));
      if (covers(pair.key, at)) return scalarPlace('key', pair.key, { path, keys, items });
      path.push(textOf(pair.key));
      items = [];
      node = pair.value;
    } else if (isSeq(node)) {
      const index = node.items.findIndex((item) => covers(item, at));
      if (index === -1) return undefined;
      items = node.items.filter((_, other) => other !== index).map(textOf);
      path.push(index);
      node = node.items[index];
    } else return scalarPlace('value', node, { path, keys: [], items });
  }
}

function scalarPlace(
  kind: Place['kind'],
  node: unknown,
  around: Pick<Place, 'path' | 'keys' | 'items'>,
): Place | undefined {
  if (!isScalar(node) || !node.range) return undefined;
  return { kind, name: textOf(node), from: node.range[0], to: node.range[1], ...around };
}

/** The tree of a text that may be broken anywhere; the parser gives up on very few, and then there is no help. */
function contentsOf(text: string): unknown {
  if (tooMuchYaml(text)) return undefined;
  try {
    return parseDocument(text, { strict: false, uniqueKeys: false, prettyErrors: false, logLevel: 'silent' }).contents;
  } catch {
    return undefined;
  }
}

function covers(node: unknown, at: number): boolean {
  return isNode(node) && node.range != null && node.range[0] <= at && at < node.range[1];
}

function textOf(node: unknown): string {
  return isScalar(node) ? String(node.value) : '';
}
