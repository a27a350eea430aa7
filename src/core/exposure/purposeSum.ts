import type { AuditRecord } from '../../shared/auditEvent.ts';
import type { Purpose, Sender } from '../../shared/exposure.ts';
import { PURPOSE_NAMES } from '../egress/ledger.ts';
import { CarriedContent } from './carriedContent.ts';
import { countIn, objectIn, sumOf, textsIn, wordIn } from './recordedValues.ts';

const MOST_SENDERS = 100;
const MOST_WORDS = 20;

/** What one action sends, until its end is read: to one destination, for one purpose. */
export interface OpenSender {
  action: string;
  turn: number;
  title: string | null;
  sendings: number;
  /** As it was recorded before it went: of a request its body; of a connection nothing is known yet. */
  declared: number;
}

/** How an action ended, with what it said of bytes. */
interface SenderEnd {
  end: Sender['end'];
  facts?: Record<string, unknown> | undefined;
}

/** What went to one destination for one purpose, as it is read from a log, event by event. */
export class PurposeSum {
  readonly purpose: string;
  /** Whether what goes is counted by the action that sends it, when that has ended. */
  readonly #isCounted: boolean;
  readonly #content = new CarriedContent();
  readonly #words = { methods: new Set<string>(), addresses: new Set<string>(), proxies: new Set<string>() };
  readonly #open = new Map<string, OpenSender>();
  readonly #senders: Sender[] = [];
  #moreSenders = 0;
  #sendings = 0;
  #unnamed = 0;
  readonly #sent = { bytes: 0, isLeast: false };
  readonly #received = { bytes: 0, isLeast: false };

  constructor(purpose: string) {
    this.purpose = purpose;
    this.#isCounted = purpose === PURPOSE_NAMES.connection;
  }

  get addresses(): ReadonlySet<string> {
    return this.#words.addresses;
  }

  /** An `egress` event. `title`: of the action that it is of. */
  add({ action, turn = 0, data, payload }: AuditRecord, title: string | null): void {
    const bytes = countIn(data['bytes']) ?? 0;
    this.#sendings += 1;
    this.#note('methods', data['method']);
    this.#note('addresses', data['address']);
    this.#note('proxies', data['proxy']);
    this.#content.add(textsIn(payload?.['contentOf']), turn);
    const isWhole = Array.isArray(payload?.['contentOf']) && objectIn(payload['cut'])?.['contentOf'] === undefined;
    if (!isWhole) this.#unnamed += 1;
    if (action === undefined) {
      this.#sent.bytes = sumOf(this.#sent.bytes, bytes);
      return;
    }
    const known = this.#open.get(action) ?? { action, turn, title, sendings: 0, declared: 0 };
    known.sendings += 1;
    known.declared = sumOf(known.declared, bytes);
    this.#open.set(action, known);
  }

  /** An action of this purpose has ended. */
  ended(action: string, end: SenderEnd): void {
    const open = this.#open.get(action);
    if (!open) return;
    this.#open.delete(action);
    const sender = this.#closed(open, end);
    if (this.#senders.length < MOST_SENDERS) this.#senders.push(sender);
    else this.#moreSenders += 1;
    count(this.#sent, sender.sent);
    count(this.#received, sender.received);
  }

  /** As it stands. `end`: what is said of actions without an end. */
  result(end: 'interrupted' | 'open'): Purpose {
    const [sent, received] = [{ ...this.#sent }, { ...this.#received }];
    const left = [...this.#open.values()].map((open) => this.#closed(open, { end }));
    for (const sender of left) {
      count(sent, sender.sent);
      count(received, sender.received);
    }
    const isOfActions = this.#senders.length + this.#moreSenders + left.length > 0;
    const senders = [...this.#senders, ...left].slice(0, MOST_SENDERS);
    return {
      purpose: this.purpose,
      knows: this.#isCounted ? 'bytes' : 'content',
      sendings: this.#sendings,
      sent,
      received: isOfActions ? received : null,
      methods: [...this.#words.methods].sort(),
      addresses: [...this.#words.addresses].sort(),
      proxies: [...this.#words.proxies].sort(),
      content: this.#content.list(),
      hasMoreContent: this.#content.hasMore,
      unnamed: this.#unnamed,
      senders,
      moreSenders: this.#moreSenders + this.#senders.length + left.length - senders.length,
    };
  }

  #closed({ action, turn, title, sendings, declared }: OpenSender, { end, facts }: SenderEnd): Sender {
    return {
      ...{ action, turn, title, sendings, end },
      sent: this.#isCounted ? (countIn(facts?.['sent']) ?? null) : declared,
      received: countIn(facts?.['received']) ?? null,
    };
  }

  #note(kind: 'methods' | 'addresses' | 'proxies', value: unknown): void {
    const word = wordIn(value);
    if (word !== undefined && this.#words[kind].size < MOST_WORDS) this.#words[kind].add(word);
  }
}

function count(sum: { bytes: number; isLeast: boolean }, bytes: number | null): void {
  if (bytes === null) sum.isLeast = true;
  else sum.bytes = sumOf(sum.bytes, bytes);
}
