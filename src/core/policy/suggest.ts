import * as z from 'zod';
import { PolicyFileSchema } from './schema.ts';

/**
 * ` (did you mean "denied_paths"?)` for a key that is nearly one of the policy's, ` (it stands below "tools.file_system")`
 * for one that is, elsewhere; else the empty string.
 */
export function suggestKey(key: string): string {
  const keys = policyKeys();
  const place = keys.get(key);
  if (place !== undefined) return place === '' ? ' (it stands at the top)' : ` (it stands below "${place}")`;
  const near = [...keys.keys()]
    .map((name) => ({ name, distance: editDistance(key.slice(0, 100).toLowerCase(), name) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return near && near.distance <= Math.max(2, Math.floor(key.length / 4)) ? ` (did you mean "${near.name}"?)` : '';
}

let known: ReadonlyMap<string, string> | undefined;

/** Made once: a file of unknown keys asks for each of them. */
function policyKeys(): ReadonlyMap<string, string> {
  known ??= keysOfSchema();
  return known;
}

/** Each key with the dotted path of what it stands in. */
function keysOfSchema(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (schema: unknown, place: string): void => {
    if (typeof schema !== 'object' || schema === null) return;
    for (const [name, value] of Object.entries(schema) as [string, unknown][]) {
      if (name !== 'properties' || typeof value !== 'object' || value === null) {
        visit(value, place);
        continue;
      }
      for (const [key, own] of Object.entries(value) as [string, unknown][]) {
        if (!found.has(key)) found.set(key, place);
        visit(own, place === '' ? key : `${place}.${key}`);
      }
    }
  };
  visit(z.toJSONSchema(PolicyFileSchema, { unrepresentable: 'any' }), '');
  return found;
}

/** Levenshtein's distance; long keys are cut, since nothing that long is a typing error. */
function editDistance(a: string, b: string): number {
  const left = a.slice(0, 64);
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (left[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? Infinity;
}
