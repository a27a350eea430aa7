import { sha256 } from '../files/hash.ts';

/** What the first event of a log names as its predecessor. */
export const GENESIS = sha256('oversign audit log v1');

/** At most so many events in a row without a signature among them, whoever writes: one more is a sign of removal. */
export const MOST_UNSIGNED = 8;

/** The format of exports. From 2 on an export ends with a line that says what is in it, signed by the account. */
export const EXPORT_FORMAT = 2;

/** The hash of an event: SHA-256 over the previous event's hash and the event's canonical JSON (RFC 8785). */
export function eventHash(prev: string, body: string): string {
  return sha256(`${prev}\n${body}`);
}

/** Binds a payload to its event without telling it: SHA-256 over a random salt and the payload's canonical text. */
export function commitment(salt: string, payload: string): string {
  return sha256(`${salt}\n${payload}`);
}

/** What a process signs: the chain of this log up to and with this event, and when it signed. */
export function headStatement(log: string, seq: number, hash: string, time: string): string {
  return `oversign head v1\n${log}\n${seq}\n${hash}\n${time}\n`;
}

/** What the account signs: this key may write from this place of the chain on. */
export function writerStatement(log: string, seq: number, hash: string, key: string): string {
  return `oversign writer v1\n${log}\n${seq}\n${hash}\n${key}\n`;
}

/** What a process signs of a run's stored conversation, as it stood after an event. */
export function transcriptStatement(log: string, run: string, seq: number, digest: string): string {
  return `oversign transcript v1\n${log}\n${run}\n${seq}\n${digest}\n`;
}

/** What the account signs of an export: what is in it, in canonical JSON. */
export function exportStatement(end: string): string {
  return `oversign export v1\n${end}\n`;
}
