import type { Exposure } from '../../shared/exposure.ts';
import { visibleLine } from '../../shared/visible.ts';
import { cutVisibly } from '../../shared/cut.ts';
import { canonicalJson, isJsonObject, type Json } from '../../shared/json.ts';

/** What tells entries of a list apart: one that is missing is named, and not taken for the next one. */
const KEYS = ['destination', 'purpose', 'entry', 'action', 'model'];
const MOST_SHOWN = 120;

/** The first difference between what a receipt says and what the log says, as a sentence; undefined where there is none. */
export function firstDifference(said: Exposure, found: Exposure): string | undefined {
  return unlike(said, found, []);
}

/** The same of what stays in a log when texts are erased from it. */
export function withoutTexts(exposure: Exposure): Exposure {
  return {
    ...exposure,
    ...{ task: null, folder: null, texts: { ...exposure.texts, erased: 0 } },
    models: exposure.models.map(({ model }) => ({ model, destination: null })),
    destinations: exposure.destinations.map((destination) => ({
      ...destination,
      purposes: destination.purposes.map((purpose) => ({
        ...purpose,
        ...{ content: [], hasMoreContent: false, unnamed: 0 },
        senders: purpose.senders.map((sender) => ({ ...sender, title: null })),
      })),
    })),
    refused: exposure.refused.map((one) => ({ ...one, destination: null })),
  };
}

function unlike(said: unknown, found: unknown, path: readonly string[]): string | undefined {
  if (Array.isArray(said) && Array.isArray(found)) return listsUnlike(said as Json[], found as Json[], path);
  if (isJsonObject(said) && isJsonObject(found)) {
    for (const key of new Set([...Object.keys(found), ...Object.keys(said)])) {
      const name = said[KEYS.find((one) => one in said) ?? ''];
      const problem = unlike(said[key], found[key], [...path, ...(typeof name === 'string' ? [shown(name)] : []), key]);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  if (canonicalJson(said ?? null) === canonicalJson(found ?? null)) return undefined;
  return `${path.join(', ')}: the receipt says ${shown(said)}, and the log says ${shown(found)}`;
}

function listsUnlike(said: Json[], found: Json[], path: readonly string[]): string | undefined {
  const where = path.join(', ');
  const [ours, theirs] = [new Set(said.map(nameOf)), new Set(found.map(nameOf))];
  for (const name of theirs) if (!ours.has(name)) return `${where}: the receipt leaves out ${name}`;
  for (const name of ours) if (!theirs.has(name)) return `${where}: the log has no ${name}`;
  if (said.length !== found.length) return `${where}: the receipt lists ${said.length}, and the log ${found.length}`;
  for (const [index, one] of found.entries()) {
    const problem = unlike(said[index], one, path);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function nameOf(value: Json): string {
  if (!isJsonObject(value)) return shown(value);
  const key = KEYS.find((one) => typeof value[one] === 'string');
  return shown(key === undefined ? value : value[key]);
}

function shown(value: unknown): string {
  return visibleLine(cutVisibly(typeof value === 'string' ? value : canonicalJson(value ?? null), MOST_SHOWN));
}
