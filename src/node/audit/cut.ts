import type { EventBody, NewEvent, StoredPayload } from '../../shared/auditEvent.ts';
import { hasMark } from '../../shared/eventTable.ts';
import { canonicalJson, type Json } from '../../shared/json.ts';
import { sha256 } from '../files/hash.ts';
import { keptLine } from './keptLine.ts';

type Payload = NonNullable<StoredPayload>;

/** What was cut: the length of all of it in bytes, and its SHA-256; of a text itself, of other values in canonical JSON. */
interface Cut {
  [key: string]: Json;
  bytes: number;
  sha256: string;
}

/** All lengths are in bytes of JSON. Payloads up to the first are recorded as they are, none is longer than the second. */
const SMALL = 8 << 10;
const MOST = 256 << 10;
/** Of these not so much is worth keeping. */
const MOST_OF: Readonly<Record<string, number>> = {
  ...{ title: 4 << 10, name: 2 << 10, reason: 4 << 10, words: 4 << 10, message: 16 << 10, decision: 16 << 10 },
  ...{ arguments: 20 << 10, contentOf: 64 << 10, change: 64 << 10 },
};
/** Texts in `data` say what something is; they can never be erased. In characters. */
const MOST_DATA = 1000;

/**
 * A payload as it is recorded, in canonical JSON. Where something is too long, its beginning is, and `cut` says of which
 * parts, how long they were and their digest: nothing that a model, a program or a repository says makes a record without
 * end. It is masked before: half a secret would be none that anybody knows.
 */
export function payloadText(payload: Payload): string {
  const whole = canonicalJson(payload);
  if (Buffer.byteLength(whole) <= SMALL) return whole;
  const line = keptLine(payload);
  const parts = Object.entries(payload).map(([key, value]) => ({ key, value, size: sizeOf(value) }));
  const isOver = parts.some(({ key, size }) => size > mostOf(key)) || Buffer.byteLength(whole) > MOST;
  const level = levelOf(
    parts.map(({ key, size }) => Math.min(size, mostOf(key))),
    MOST - (isOver ? sizeOf(line) : 0),
  );
  const kept: Payload = {};
  const cut: Record<string, Cut> = {};
  for (const { key, value, size } of parts) {
    const most = Math.min(mostOf(key), level);
    kept[key] = size <= most ? value : shortened(value, most);
    if (size > most) cut[key] = cutOf(value);
  }
  if (Object.keys(cut).length === 0) return canonicalJson(kept);
  return canonicalJson({ ...kept, ...(cut['action'] && line), cut });
}

/** A payload of which nothing is kept but what it was, and what ran. */
export function digestText(payload: Payload): string {
  const cut = Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, cutOf(value)]));
  return canonicalJson({ ...keptLine(payload), cut });
}

/** An event's open part, long texts in it cut; they say so themselves. */
export function shortData({ type, data }: Pick<NewEvent, 'type' | 'data'>): EventBody['data'] {
  return hasMark(type, 'exact') ? data : (shortTexts(data) as EventBody['data']);
}

function shortTexts(value: Json): Json {
  if (typeof value === 'string') {
    if (value.length <= MOST_DATA) return value;
    const { bytes, sha256: digest } = cutOf(value);
    return `${beginning(value, MOST_DATA)} [cut: ${bytes} bytes, SHA-256 ${digest}]`;
  }
  if (Array.isArray(value)) return value.map(shortTexts);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [beginning(key, MOST_DATA), shortTexts(item)]),
    );
  return value;
}

function mostOf(key: string): number {
  return Object.hasOwn(MOST_OF, key) ? (MOST_OF[key] ?? MOST) : MOST;
}

function cutOf(value: Json): Cut {
  const text = typeof value === 'string' ? value : canonicalJson(value);
  return { bytes: Buffer.byteLength(text), sha256: sha256(text) };
}

/** As much of a value as there is room for, in the same shape: of texts and lists the beginning, of members some each. */
function shortened(value: Json, most: number): Json {
  if (typeof value === 'string') return beginning(value, most);
  if (Array.isArray(value)) return firstItems(value, most);
  if (typeof value === 'object' && value !== null) return smallMembers(value, most);
  return value;
}

function firstItems(items: readonly Json[], most: number): Json[] {
  const kept: Json[] = [];
  let left = most - 2;
  for (const item of items) {
    const size = sizeOf(item) + 1;
    if (size <= left) kept.push(item);
    else if (left > 64) kept.push(shortened(item, left - 1));
    left -= size;
    if (left <= 0) break;
  }
  return kept;
}

function smallMembers(value: Record<string, Json>, most: number): Json {
  const kept: [string, Json][] = [];
  let keys = 2;
  for (const entry of Object.entries(value)) {
    keys += sizeOf(entry[0]) + 2;
    if (keys > most / 2) break; // names alone can be too much
    kept.push(entry);
  }
  const sizes = kept.map(([, item]) => sizeOf(item));
  const level = levelOf(sizes, most - Math.min(keys, most / 2));
  return Object.fromEntries(
    kept.map(([key, item], at) => [key, (sizes[at] ?? 0) <= level ? item : shortened(item, level)]),
  );
}

/** A text's beginning that is so long in JSON at most, and ends with a whole character. */
function beginning(text: string, most: number): string {
  let kept = text.slice(0, Math.max(0, most));
  for (let size = sizeOf(kept) - 2; size > most; size = sizeOf(kept) - 2)
    kept = kept.slice(0, Math.floor((kept.length * most) / size));
  return /[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept;
}

/** How much each may have at most, so that all together have no more than `room`: who needs less leaves it to others. */
export function levelOf(sizes: readonly number[], room: number): number {
  let left = room;
  const ascending = [...sizes].sort((a, b) => a - b);
  for (const [index, size] of ascending.entries()) {
    const level = left / (ascending.length - index);
    if (size > level) return Math.max(0, Math.floor(level));
    left -= size;
  }
  return Infinity;
}

function sizeOf(value: Json): number {
  return Buffer.byteLength(canonicalJson(value));
}
