import type { PermitSending } from '../../../core/egress/port.ts';
import type { Next } from './batch.ts';
import { realClock, type OtlpClock } from './clock.ts';
import { cursorFile, readCursor } from './cursor.ts';
import { sendNext, type Encoding, type Sender } from './sendNext.ts';
import { checkTarget, type OtlpTarget } from './target.ts';

/** So long an append waits for others to go with it. */
const GATHER_MS = 500;
/** Waits between tries, before jitter takes up to half of them off: 1 s at least, 60 s at most. */
const FIRST_MS = 2_000;
const LONGEST_MS = 60_000;
/** After this a collector that refused is asked again; no longer than this is a Retry-After believed. */
const REFUSED_MS = 600_000;

export interface OtlpState {
  /** The last event that the destination has acknowledged. */
  sentUpTo: number;
  /** How many events waited at the last look. */
  pending?: number;
  /** A sentence, where something is not as it should be. */
  problem?: string;
  /** When the destination last acknowledged something, as ISO 8601. */
  time?: string;
}

interface Parts {
  data: string;
  file: string;
  target: OtlpTarget;
  version: string;
  /** Records each sending in the log, with `telemetry` as the purpose (core/egress/ledger.ts). */
  permit: PermitSending;
  clock?: OtlpClock;
}

/** Why nothing is done just now, and whether `flush` may cut that short. */
interface Pause {
  isCuttable: boolean;
  end: AbortController;
}

/**
 * Sends the audit log to an OpenTelemetry collector, every event at least once and in order. The log is the queue: what
 * is kept is how far the destination has acknowledged it, so nothing is lost when this process, or the collector, dies.
 */
export class OtlpExporter {
  readonly #clock: OtlpClock;
  readonly #closing = new AbortController();
  /** Undefined where the target is wrong: then nothing is ever sent. */
  readonly #sender: Sender | undefined;
  #encoding: Promise<Encoding> | undefined;
  #running: Promise<void> | undefined;
  #pause: Pause | undefined;
  #settled: (() => void)[] = [];
  #isWanted = false;
  #isHurried = false;
  #isSending = false;
  #rejected = 0;
  #state: OtlpState;

  /** Sends nothing by itself: `notify` is called once at the start, for what an earlier process left. */
  constructor(parts: Parts) {
    const { data, file, target, version, permit, clock = realClock } = parts;
    this.#clock = clock;
    const checked = checkTarget(target);
    if (!checked.ok) {
      this.#state = { sentUpTo: 0, problem: checked.problem };
      return;
    }
    const { url, headers } = checked;
    const cursor = readCursor(cursorFile(data, url));
    this.#state = cursor ? { sentUpTo: cursor.seq, time: cursor.time } : { sentUpTo: 0 };
    this.#sender = {
      ...{ data, file, url, headers, payloads: target.payloads, permit },
      encoding: () =>
        (this.#encoding ??= import('./encoding.ts').then(({ requestEncoder, rejectedIn }) => ({
          encode: requestEncoder(version),
          rejectedIn,
        }))),
      now: () => clock.now(),
      closing: this.#closing.signal,
      onLook: (next) => {
        this.#isSending = next.batch !== undefined;
        this.#note(next);
      },
    };
  }

  /** Something was appended. */
  notify(): void {
    if (this.#isClosed() || !this.#sender) return;
    this.#isWanted = true;
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined;
      this.#settle();
      if (this.#isWanted) this.notify(); // it came between the last look and now
    });
  }

  /** Sends what there is now. Ends when that is done, when the collector does not take it now, or after so long. */
  async flush(timeoutMs: number): Promise<void> {
    this.notify();
    if (!this.#running || (this.#pause && !this.#pause.isCuttable)) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#settled.push(() => {
      resolve(undefined);
    });
    this.#isHurried = true;
    this.#pause?.end.abort();
    const timer = setTimeout(resolve, timeoutMs); // keeps the process alive, which nothing else here does
    await promise;
    clearTimeout(timer);
  }

  get state(): OtlpState {
    const { problem, ...rest } = this.#state;
    const shown = problem ?? (this.#rejected > 0 ? this.#rejectedWords() : undefined);
    return { ...rest, ...(shown !== undefined && { problem: shown }) };
  }

  /** What is being sent is broken off, and sent again by the next one. */
  async close(): Promise<void> {
    this.#isWanted = false;
    this.#closing.abort();
    this.#pause?.end.abort();
    this.#settle();
    // Waiting for another process's lock ends by itself, and then nothing is done any more.
    if (this.#isSending) await this.#running;
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #work(): Promise<void> {
    while (this.#isWanted && !this.#isClosed()) {
      if (!this.#isHurried) await this.#wait(GATHER_MS, true);
      this.#isHurried = false;
      this.#isWanted = false;
      await this.#sendAll();
    }
  }

  /** Until everything that was there at the last look is acknowledged. */
  async #sendAll(): Promise<void> {
    for (let failures = 0; this.#sender && !this.#isClosed();) {
      const step = await sendNext(this.#sender);
      this.#isSending = false;
      if (this.#isClosed()) return;
      switch (step.kind) {
        case 'sent':
          failures = 0;
          this.#rejected += step.rejected;
          this.#state = { sentUpTo: step.upTo, pending: step.left, time: step.time };
          if (step.left === 0) return;
          break;
        case 'again':
          this.#state.problem = step.problem;
          this.#settle();
          await this.#waitAfter(failures, step.afterMs);
          failures += 1;
          break;
        case 'busy':
          await this.#waitAfter(0);
          break;
        case 'refused':
          this.#state.problem = step.problem;
          this.#settle();
          await this.#wait(REFUSED_MS, false);
          break;
        default:
          return;
      }
    }
  }

  /** What waits, and what other processes have sent meanwhile. A problem is over when something is acknowledged. */
  #note({ sentUpTo, batch }: Next): void {
    const { problem, time } = this.#state;
    this.#state = {
      sentUpTo,
      pending: batch?.pending ?? 0,
      ...(time !== undefined && { time }),
      ...(problem !== undefined && batch && { problem }),
    };
  }

  #waitAfter(failures: number, afterMs?: number): Promise<void> {
    const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
    const backoff = most / 2 + (most / 2) * this.#clock.random();
    if (afterMs === undefined) return this.#wait(backoff, true);
    return this.#wait(Math.min(REFUSED_MS, Math.max(afterMs, backoff)), false);
  }

  async #wait(ms: number, isCuttable: boolean): Promise<void> {
    if (this.#isClosed()) return;
    const end = new AbortController();
    this.#pause = { isCuttable, end };
    await this.#clock.wait(ms, end.signal);
    this.#pause = undefined;
  }

  #settle(): void {
    for (const resolve of this.#settled.splice(0)) resolve();
  }

  #rejectedWords(): string {
    const records = this.#rejected === 1 ? '1 log record' : `${this.#rejected} log records`;
    return `The collector at ${this.#sender?.url ?? ''} took the audit log but rejected ${records}: they are not there. Its own log may say why.`;
  }
}
