import { canonicalJson, isJsonObject, type Json } from '../../shared/json.ts';
import { counted, named } from '../../shared/named.ts';
import { TOOL_NAME } from './declared.ts';

/** More than anybody reads on a card, or should pay for in every prompt. */
const [MOST_OF_TOOL, MOST_OF_ALL] = [24_000, 120_000];
const MOST_DEPTH = 24;

/** What of a listing counts: definitions by name, and why others do not. */
export interface Definitions {
  tools: ReadonlyMap<string, Record<string, Json>>;
  problems: readonly string[];
}

/**
 * The named ones among the definitions that a plugin gives. A name that comes twice, in whatever case, is nobody's: which
 * of both would be called cannot be told. Nothing else that is wrong is mended either.
 */
export function namedDefinitions(listed: readonly Json[], wanted: readonly string[]): Definitions {
  const counts = new Map<string, number>();
  for (const one of listed) {
    const key = nameOf(one).toLowerCase();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const tools = new Map<string, Record<string, Json>>();
  const problems: string[] = [];
  let size = 0;
  for (const name of wanted) {
    const found = listed.find((one) => nameOf(one) === name);
    const problem =
      found === undefined
        ? 'there is no such tool'
        : (counts.get(name.toLowerCase()) ?? 0) > 1
          ? 'several tools have this name'
          : definitionProblem(found);
    if (problem !== undefined || !isJsonObject(found)) {
      problems.push(`${named(name)} is off: ${problem ?? 'it is no definition'}`);
      continue;
    }
    size += canonicalJson(found).length;
    if (size > MOST_OF_ALL) problems.push(`${named(name)} is off: the definitions together are too long`);
    else tools.set(name, found);
  }
  return { tools, problems };
}

/** Why a definition is not taken; undefined where it is. */
export function definitionProblem(definition: Json): string | undefined {
  if (!isJsonObject(definition)) return 'it is no definition';
  if (!TOOL_NAME.test(nameOf(definition)))
    return 'a tool has a name of 1 to 41 letters, digits, underscores and hyphens';
  if (isDeeper(definition, MOST_DEPTH)) return `its definition is more than ${MOST_DEPTH} levels deep`;
  if (canonicalJson(definition).length > MOST_OF_TOOL) return 'its definition is too long';
  const schema = own(definition, 'inputSchema');
  if (!isJsonObject(schema) || own(schema, 'type') !== 'object') return 'its inputSchema is not that of an object';
  if (refersElsewhere(schema)) return 'its schema refers to another place ($ref)';
  return undefined;
}

/** The names of tools that a listing has, for a person. */
export function listedNames(listed: readonly Json[]): string[] {
  return listed.map(nameOf);
}

/** What a definition takes, as a JSON Schema. */
export function schemaIn(definition: Record<string, Json>): Record<string, Json> {
  const schema = own(definition, 'inputSchema');
  return isJsonObject(schema) ? schema : { type: 'object' };
}

export function textIn(definition: Record<string, Json>, key: string): string {
  const text = own(definition, key);
  return typeof text === 'string' ? text : '';
}

/** What is otherwise than it was accepted, a sentence each. */
export function changedWords(before: Record<string, Json>, after: ReadonlyMap<string, Record<string, Json>>): string[] {
  return [...after].flatMap(([name, definition]) => {
    const was = own(before, name);
    if (was === undefined) return [`${named(name)} is new`];
    if (canonicalJson(was) === canonicalJson(definition)) return [];
    const parts = changedParts(was, definition);
    return [`${named(name)} changed: ${parts.length === 0 ? 'all of it' : parts.map(named).join(', ')}`];
  });
}

function changedParts(was: Json, now: Record<string, Json>): string[] {
  if (!isJsonObject(was)) return [];
  const keys = new Set([...Object.keys(was), ...Object.keys(now)]);
  return [...keys].filter((key) => canonicalJson(own(was, key) ?? null) !== canonicalJson(own(now, key) ?? null));
}

/** `3 tools` */
export function toolsWords(count: number): string {
  return counted(count, 'tool');
}

function nameOf(definition: Json): string {
  return isJsonObject(definition) ? textIn(definition, 'name') : '';
}

function own(value: Record<string, Json>, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Without recursion: it is not known how deep it is. */
export function isDeeper(value: Json, most: number): boolean {
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > most) return true;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}

/** References inside the schema are the provider's affair; one to anywhere else would be fetched by somebody. */
function refersElsewhere(schema: Json): boolean {
  if (Array.isArray(schema)) return schema.some(refersElsewhere);
  if (!isJsonObject(schema)) return false;
  return Object.entries(schema).some(
    ([key, value]) =>
      (/^\$(?:ref|dynamicRef|recursiveRef|schema|id)$/.test(key) &&
        typeof value === 'string' &&
        key !== '$schema' &&
        !value.startsWith('#')) ||
      refersElsewhere(value),
  );
}
