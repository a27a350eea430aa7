import type { PermitSending } from '../../../core/egress/port.ts';
import { Lives } from '../../process/lives.ts';
import { withLock } from '../../process/lock.ts';
import { placeOf } from '../place.ts';
import { readNext, type Next } from './batch.ts';
import { cursorFile, readCursor, writeCursor } from './cursor.ts';
import type { EncodeRequest } from './encoding.ts';
import { send, type Outcome } from './send.ts';

export interface Encoding {
  encode: EncodeRequest;
  rejectedIn: (response: Uint8Array) => number;
}

export interface Sender {
  /** The account's data folder, and the log in it. */
  data: string;
  file: string;
  url: string;
  headers: Headers;
  payloads: boolean;
  permit: PermitSending;
  /** Loaded on first use. */
  encoding(): Promise<Encoding>;
  now(): number;
  closing: AbortSignal;
  /** Told how the log stands to the cursor, before anything is sent. */
  onLook(next: Next): void;
}

export type Step =
  | Exclude<Outcome, { kind: 'accepted' }>
  | { kind: 'nothing' }
  /** Another process of the account exports meanwhile: that is how it should be. */
  | { kind: 'busy' }
  | { kind: 'sent'; upTo: number; left: number; rejected: number; time: string };

/**
 * Reads how far the destination is, sends one batch after that, and writes down how far it is then: all while no other
 * process of the account does. Never throws. Whoever dies in the middle is followed by one who sends the batch again.
 */
export async function sendNext(sender: Sender): Promise<Step> {
  const file = cursorFile(sender.data, sender.url);
  const done: { hasLock: boolean; step: Step } = { hasLock: false, step: { kind: 'nothing' } };
  try {
    const sendOne = async (): Promise<void> => {
      done.hasLock = true;
      if (!sender.closing.aborted) done.step = await sendLocked(sender, file);
    };
    await withLock(`${file}.lock`, sendOne, new Lives(sender.data));
    return done.step;
  } catch (error) {
    // A lock that cannot be made has the code of a system call; one that another process holds has none.
    if (!done.hasLock && !(error instanceof Error && 'code' in error)) return { kind: 'busy' };
    const words = error instanceof Error ? error.message : String(error);
    return { kind: 'again', problem: `The audit log cannot be exported now: ${words}` };
  }
}

async function sendLocked(sender: Sender, file: string): Promise<Step> {
  const next = readNext(sender.file, readCursor(file), sender.payloads);
  sender.onLook(next);
  const last = next.batch?.rows.at(-1);
  if (!next.batch || !last) return { kind: 'nothing' };
  const { log, rows, pending } = next.batch;
  const { encode, rejectedIn } = await sender.encoding();
  const body = encode(rows, log, placeOf(sender.data));
  const outcome = await send(sender, body, rejectedIn, sender.closing, sender.now());
  if (outcome.kind !== 'accepted') return outcome;
  const time = new Date(sender.now()).toISOString();
  writeCursor(file, { log, seq: last.seq, hash: last.hash, time });
  return { kind: 'sent', upTo: last.seq, left: pending - rows.length, rejected: outcome.rejected, time };
}
