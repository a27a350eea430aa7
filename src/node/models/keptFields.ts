import type { Kept } from '../../core/models/port.ts';
import { isJsonObject } from '../../shared/json.ts';

type Fields = Record<string, unknown>;

/** The longest text of one field; more is no thought but a server that does not stop. */
const MAX_FIELD = 1_000_000;

/**
 * Fields of a streamed message that its provider wants back, put together from their pieces: texts and lists grow, of
 * anything else the last counts. What is in them is not looked at.
 */
export class KeptFields {
  readonly #names: readonly string[];
  readonly #texts = new Map<string, string>();
  readonly #others: Fields = {};

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** Takes what a piece of the message says in these fields. */
  take(piece: Fields): void {
    for (const name of this.#names) {
      const value = Object.hasOwn(piece, name) ? piece[name] : undefined;
      if (value === undefined || value === null || value === '') continue;
      const before = this.#others[name];
      if (typeof value === 'string') {
        const text = this.#texts.get(name) ?? '';
        if (text.length <= MAX_FIELD) this.#texts.set(name, text + value);
      } else if (Array.isArray(value) && Array.isArray(before)) {
        // One after the other: as arguments of one call, very many are more than the stack takes.
        for (const one of value as unknown[]) before.push(one);
      } else this.#others[name] = Array.isArray(value) ? [...(value as unknown[])] : value;
    }
  }

  /** All of it, for the model that it came from; undefined where there is none. */
  kept(from: string): Kept | undefined {
    return keptOf({ ...Object.fromEntries(this.#texts), ...this.#others }, from);
  }
}

/** Whose fields are kept, and go back to nobody else: a model at an address. */
export function keptBy({ baseUrl, model }: { baseUrl: string; model: string }): string {
  return `${baseUrl} ${model}`;
}

/** Fields to keep; undefined where there are none, or where they are nested too deeply to be written again. */
export function keptOf(fields: Fields, from: string): Kept | undefined {
  if (Object.keys(fields).length === 0) return undefined;
  try {
    return { from, json: JSON.stringify(fields) };
  } catch {
    return undefined;
  }
}

/** The fields to send along again: nothing where they came from another model or another address. */
export function fieldsFor(from: string, kept: Kept | undefined): Fields {
  if (kept?.from !== from) return {};
  try {
    const value: unknown = JSON.parse(kept.json);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
