import type { StoredPayload } from '../../shared/auditEvent.ts';
import { canonicalJson, isJsonObject, type Json } from '../../shared/json.ts';
import { readAction } from './storedAction.ts';

export type Arguments = Readonly<Record<string, Json>>;

/** What a person changed of a call: the name of each argument, as the agent had it and as it counted. */
export function changedArguments(from: Arguments, to: Arguments): { name: string; from: string; to: string }[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return names
    .filter((name) => canonicalJson(from[name] ?? null) !== canonicalJson(to[name] ?? null))
    .map((name) => ({ name, from: worded(from[name]), to: worded(to[name]) }));
}

function worded(value: Json | undefined): string {
  return value === undefined ? '' : typeof value === 'string' ? value : canonicalJson(value);
}

/**
 * The arguments that the agent had and those that counted, where a person has changed them; undefined where they have not,
 * or where the record of either was cut or erased: nothing is guessed of them.
 */
export function editIn(payload: StoredPayload): { from: Arguments; to: Arguments } | undefined {
  const { editedFrom: from, cut } = payload ?? {};
  const stored = readAction(payload);
  const isCut = isJsonObject(cut) && Object.hasOwn(cut, 'editedFrom');
  if (!isJsonObject(from) || isCut || stored.kind !== 'action' || !stored.isWhole) return undefined;
  return { from, to: stored.arguments };
}
