import { createHash } from 'node:crypto';
import type { Property } from '../../../core/audit/verdict.ts';
import { canonicalJson } from '../../../shared/json.ts';
import { commitment, eventHash, GENESIS, headStatement, MOST_UNSIGNED, writerStatement } from '../chain.ts';
import { checker, fingerprint } from '../keys.ts';
import type { Bad } from './bad.ts';
import { ConversationCheck } from './conversationCheck.ts';
import { ErasedRanges } from './erasedRanges.ts';
import { factsOf, type BodyFacts } from './bodyFacts.ts';

/** An event as it is stored. `hash` is undefined where an export leaves it to whoever reads. */
export interface Row {
  seq: number;
  body: string;
  hash: string | undefined;
  salt: string | null;
  payload: string | null;
}

/** Where a check begins: at the first event of a log, or at a place that a signature in the export vouches for. */
export interface Anchor {
  seq: number;
  hash: string;
}

export const WHOLE: Anchor = { seq: 0, hash: GENESIS };

interface Writer {
  /** The statement and signature of its last head; checked at the end, since it covers those before it. */
  head?: { seq: number; statement: string; signature: string };
  isSigned: (text: string, signature: string) => boolean;
}

/** How a check is made. */
export interface Checking {
  isAccount(account: string): boolean;
  from: Anchor;
  /** An export of a part: it has payloads only where they were asked for, and begins with a signature. */
  isPart: boolean;
  /** Checks every signature as it comes, not only the last of each process. */
  everyHead: boolean;
}

/**
 * Checks events one after the other, in the order of the chain. It knows nothing of where they are stored. The last
 * signature of each process covers everything before it, so that one signature a process is checked and every
 * certificate; the signatures in between are part of what is covered.
 */
export class ChainCheck {
  readonly #how: Checking;
  readonly #from: Anchor;
  readonly #writers = new Map<string, Writer>();
  readonly #erasures = new ErasedRanges();
  readonly conversations = new ConversationCheck();
  #isCertified: ((text: string, signature: string) => boolean) | undefined;
  #last: Anchor;
  /** The last event that begins or signs: after it events may go unsigned for a while. */
  #anchored: number;
  /** The last signature, and the last that was found to fit. */
  #signed = 0;
  #good: number;
  log = '';
  account = '';
  left = 0;
  /** What an export counts: payloads that are there, such as were recorded and are not, and beginnings of runs. */
  readonly counts = { payloads: 0, missing: 0, runs: 0 };
  readonly #shown = createHash('sha256');
  /** The latest format of exports that a process of this log says it makes. */
  exports = 1;
  /** Whether processes were introduced outside the chain: nothing but their keys is vouched for there. */
  hasIntroduced = false;

  constructor(how: Checking) {
    this.#how = how;
    this.#from = how.from;
    this.#last = how.from;
    this.#anchored = how.from.seq;
    this.#good = how.from.seq;
  }

  /** Which payloads are there, as an export's end says it. */
  get shown(): string {
    return this.#shown.copy().digest('hex');
  }
  get events(): number {
    return this.#last.seq - this.#from.seq;
  }
  get last(): Anchor {
    return this.#last;
  }
  get signedUpTo(): number {
    return this.#signed;
  }
  get writers(): number {
    return this.#writers.size;
  }
  get erased(): number {
    return this.#how.isPart ? 0 : this.#erasures.missing;
  }

  /** Whose log it is; from the first event, or from an export's head line. */
  begin(log: string, account: string): Bad | undefined {
    this.log = log;
    this.account = fingerprint(account);
    this.#isCertified = checker(account);
    if (this.#how.isAccount(account)) return undefined;
    return {
      seq: this.#from.seq + 1,
      property: 'account',
      words: `it is signed by another account key (${this.account})`,
    };
  }

  /** Whether the account itself has signed this. */
  isSignedByAccount(text: string, signature: string): boolean {
    return this.#isCertified?.(text, signature) === true;
  }

  /** Whether a process of this log has. */
  isSignedBy(writer: string, text: string, signature: string): boolean {
    return this.#writers.get(writer)?.isSigned(text, signature) === true;
  }

  /** A process that began to write before the part that an export holds. */
  introduce(body: string, prev: string): Bad | undefined {
    this.hasIntroduced = true;
    const event = factsOf(body);
    return event ? this.#introduce(event, { seq: event.seq - 1, hash: prev }) : unreadable(0);
  }

  add({ seq, body, hash, salt, payload }: Row): Bad | undefined {
    const expected = this.#last.seq + 1;
    const bad = (property: Property, words: string): Bad => ({ seq: expected, property, words });
    const event = factsOf(body);
    if (!event) return unreadable(expected);
    if (seq !== expected || event.seq !== expected)
      return bad('order', 'it is missing, or another one stands in its place');
    if (this.#how.isPart && this.#from.seq > 0 && this.events === 0 && event.type !== 'head')
      return bad('signed', 'a part of a log begins with a signature, and this one does not');
    const own = eventHash(this.#last.hash, body);
    if (hash !== undefined && own !== hash)
      return bad('chain', 'it, or what stands before it, is not what it was when it was recorded');
    const problem = this.#special(event, this.#last, body) ?? this.#ofWriter(event);
    if (problem) return problem;
    if (event.type === 'run_started') this.counts.runs += 1;
    if (payload !== null) {
      this.counts.payloads += 1;
      this.#shown.update(`${expected}\n`);
      if (event.commitment === undefined || salt === null || commitment(salt, payload) !== event.commitment)
        return bad('payload', 'its payload is not what was recorded');
    } else if (event.commitment !== undefined) {
      this.counts.missing += 1;
      if (this.#how.isPart) this.left += 1;
      else this.#erasures.gone(expected);
    }
    this.#last = { seq: expected, hash: own };
    if (expected - this.#anchored > MOST_UNSIGNED)
      return bad('signed', 'a signature is missing before it: one follows after every few events');
    return undefined;
  }

  /** What only the end shows: signatures, and payloads that are gone although nobody erased them. */
  end(): Bad | undefined {
    const heads = [...this.#writers.values()]
      .flatMap(({ head, isSigned }) => (head ? [{ ...head, isSigned }] : []))
      .sort((a, b) => a.seq - b.seq);
    for (const { seq, statement, signature, isSigned } of heads) {
      if (!isSigned(statement, signature)) return this.#unsigned(seq);
      this.#good = seq;
    }
    // An erasure is signed at once: one that nobody has signed explains nothing.
    const gone = this.#erasures.unexplained(this.#signed);
    return gone === undefined || this.#how.isPart
      ? undefined
      : { seq: gone, property: 'erasure', words: 'its payload is gone, and no event says that it was erased' };
  }

  #special(event: BodyFacts, before: Anchor, body: string): Bad | undefined {
    switch (event.type) {
      case 'log_started':
        if (before.seq !== 0)
          return { seq: event.seq, property: 'order', words: 'a second beginning stands in the middle of the log' };
        return this.begin(String(event.data['log']), String(event.data['account']));
      case 'writer':
        this.#anchored = event.seq;
        return this.#introduce(event, before);
      case 'head': {
        const writer = this.#writers.get(event.writer);
        const [time, signature] = [event.time, String(event.data['signature'])];
        const statement = headStatement(this.log, before.seq, before.hash, time);
        // Nothing may be in it that is not signed.
        if (body !== headBody(event.seq, time, event.writer, signature)) return this.#unsigned(event.seq);
        if (writer) writer.head = { seq: event.seq, statement, signature };
        if (this.#how.everyHead && writer) {
          if (!writer.isSigned(statement, signature)) return this.#unsigned(event.seq);
          this.#good = event.seq;
        }
        this.#signed = event.seq;
        this.#anchored = event.seq;
        return undefined;
      }
      case 'erasure':
        this.#erasures.said(event.seq, event.data['ranges']);
        this.conversations.erased(event.seq, event.data['conversations']);
        return undefined;
      case 'conversation':
        this.conversations.named(event.run, event.seq, event.data['digest']);
        return undefined;
      default:
        return undefined;
    }
  }

  #unsigned(seq: number): Bad {
    const first = this.#good + 1;
    return first === seq
      ? { seq, property: 'signature', words: 'this signature does not fit' }
      : {
          seq: first,
          property: 'signature',
          words: `something from here to event ${seq - 1} is not what was signed (the signature in event ${seq} does not fit)`,
        };
  }

  #ofWriter(event: BodyFacts): Bad | undefined {
    // The first event comes before any process has introduced itself; its writer is the next one's.
    if (event.seq === 1 || this.#writers.has(event.writer)) return undefined;
    return {
      seq: event.seq,
      property: 'writer',
      words: `the process ${event.writer} that wrote it was never introduced`,
    };
  }

  #introduce(event: BodyFacts, before: Anchor): Bad | undefined {
    const [key, certificate] = [String(event.data['key']), String(event.data['certificate'])];
    const statement = writerStatement(this.log, before.seq, before.hash, key);
    if (fingerprint(key) !== event.writer || this.#isCertified?.(statement, certificate) !== true)
      return {
        seq: event.seq,
        property: 'writer',
        words: `the account did not certify the process ${event.writer} for this place`,
      };
    this.#writers.set(event.writer, { isSigned: checker(key) });
    const { exports } = event.data;
    if (typeof exports === 'number') this.exports = Math.max(this.exports, exports);
    return undefined;
  }
}

function unreadable(seq: number): Bad {
  return { seq, property: 'readable', words: 'the record cannot be read' };
}

/** A head as it is written, from what is signed of it and the signature in its one spelling. */
function headBody(seq: number, time: string, writer: string, signature: string): string {
  const own = Buffer.from(signature, 'base64').toString('base64');
  return canonicalJson({ v: 1, seq, time, writer, type: 'head', run: 'log', data: { signature: own } });
}
