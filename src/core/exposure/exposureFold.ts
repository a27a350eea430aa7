import type { AuditRecord, EventType } from '../../shared/auditEvent.ts';
import { PLACES, type Destination, type Exposure, type Purpose, type Receipt } from '../../shared/exposure.ts';
import { PURPOSE_NAMES } from '../egress/ledger.ts';
import { isThisMachine } from '../egress/thisMachine.ts';
import { destinationOf, isOfEditor } from './destinationOf.ts';
import { PurposeSum } from './purposeSum.ts';
import { countIn, objectIn, sumOf, wordIn } from './recordedValues.ts';
import { WantedSendings } from './wantedSendings.ts';

/** The kinds of events that this is made of, for whoever reads a log for it. */
export const EXPOSURE_EVENTS = [
  ...(['run_started', 'run_continued', 'run_finished', 'interrupted', 'handed_over', 'egress'] as const),
  ...(['proposed', 'decided', 'answered', 'started', 'finished'] as const),
] satisfies EventType[];

/** Those of them whose texts are told; of others nothing is, and outputs are long. */
export const EXPOSURE_TEXTS = [
  ...(['run_started', 'run_continued', 'handed_over', 'egress', 'proposed'] as const),
] satisfies EventType[];

const TOLD: ReadonlySet<EventType> = new Set(EXPOSURE_EVENTS);
const MOST_DESTINATIONS = 1000;
const MOST_MODELS = 50;
const ENDED = ['finished', 'stopped', 'limit', 'failed'] as const;

interface DestinationSum {
  name: string;
  place: Destination['place'];
  hosts: Set<string>;
  purposes: Map<string, PurposeSum>;
}

/**
 * What has left for a run, from its events in their order. Holds sums, and lists that have an end: a run of a hundred
 * thousand connections takes no more room than one of a hundred.
 */
export class ExposureFold {
  readonly #run: string;
  readonly #wanted = new WantedSendings();
  readonly #destinations = new Map<string, DestinationSum>();
  /** The purpose that an action sends for. */
  readonly #sending = new Map<string, PurposeSum>();
  readonly #models: { model: string; destination: string | null }[] = [];
  readonly #others = { sendings: 0, bytes: 0, isLeast: false };
  readonly #texts = { recorded: 0, erased: 0 };
  #beginning: { task: string | null; folder: string | null; started: string } | undefined;
  #state: Exposure['state'] = 'active';
  #answered: number | null = null;
  /** Work has begun whose answers are counted at its end; and some of it has none. */
  #isCounting = false;
  #hasUncounted = false;
  #outside = 0;
  readonly #span = { first: 0, last: 0, hash: '', count: 0 };

  constructor(run: string) {
    this.#run = run;
  }

  /** The events that were read: the first and the last one, whose hash this is, and how many. */
  get span(): Receipt['events'] {
    return { ...this.#span };
  }

  add(event: AuditRecord): void {
    if (event.run !== this.#run || !TOLD.has(event.type)) return;
    if (this.#span.count === 0) this.#span.first = event.seq;
    this.#span.last = event.seq;
    this.#span.hash = event.hash;
    this.#span.count += 1;
    switch (event.type) {
      case 'run_started':
      case 'run_continued':
        this.#begins(event);
        break;
      case 'handed_over':
        this.#text(event);
        this.#model(event);
        break;
      case 'run_finished':
        this.#state = ENDED.find((one) => one === event.data['state']) ?? 'finished';
        this.#answered = sumOf(this.#answered ?? 0, countIn(event.data['received']) ?? 0);
        this.#isCounting = false;
        break;
      case 'interrupted':
        if (event.action === undefined) this.#state = 'interrupted';
        else this.#ended(event.action, { end: 'interrupted' });
        break;
      case 'egress':
        this.#egress(event);
        break;
      case 'started':
        if (event.data['outside'] === true) this.#outside += 1;
        this.#wanted.add(event);
        break;
      case 'finished':
        if (event.action !== undefined)
          this.#ended(event.action, {
            end: event.data['status'] === 'done' ? 'ended' : 'failed',
            facts: objectIn(event.data['facts']),
          });
        this.#wanted.add(event);
        break;
      case 'proposed':
        if (WantedSendings.isOne(event)) this.#text(event);
        this.#wanted.add(event);
        break;
      case 'decided':
      case 'answered':
        this.#wanted.add(event);
        break;
      default: // of nothing that is sent
    }
  }

  result(): Exposure {
    const open = this.#state === 'active' ? 'open' : 'interrupted';
    const { refused, moreRefused } = this.#wanted;
    return {
      run: this.#run,
      ...(this.#beginning ?? { task: null, folder: null, started: '' }),
      state: this.#state,
      models: this.#models.map((one) => ({ ...one })),
      destinations: [...this.#destinations.values()]
        .map(({ name, place, hosts, purposes }) => ({
          destination: name,
          place: place === 'elsewhere' && areThisMachine(hosts, purposes) ? PLACES[0] : place,
          purposes: [...purposes.values()].map((one) => this.#withAnswers(one.result(open))).sort(byPurpose),
        }))
        .sort(({ destination: a }, { destination: b }) => (a < b ? -1 : a > b ? 1 : 0)),
      others: {
        sendings: this.#others.sendings,
        sent: { bytes: this.#others.bytes, isLeast: this.#others.isLeast },
      },
      refused: refused.map((one) => ({ ...one })),
      moreRefused,
      answered: this.#answered,
      outside: this.#outside,
      texts: { ...this.#texts },
    };
  }

  /** Answers of models are counted for all of a run's work together: they are known of each where there is one alone. */
  #withAnswers(purpose: Purpose): Purpose {
    if (purpose.purpose !== PURPOSE_NAMES.model || this.#modelsAsked() !== 1) return purpose;
    const isLeast = this.#isCounting || this.#hasUncounted;
    return { ...purpose, received: { bytes: this.#answered ?? 0, isLeast } };
  }

  #modelsAsked(): number {
    return [...this.#destinations.values()].filter(({ purposes }) => purposes.has(PURPOSE_NAMES.model)).length;
  }

  #begins(event: AuditRecord): void {
    this.#text(event);
    this.#state = 'active';
    this.#hasUncounted ||= this.#isCounting;
    this.#isCounting = true;
    this.#beginning ??= {
      task: wordIn(event.payload?.['task']) ?? null,
      folder: wordIn(event.payload?.['folder']) ?? null,
      started: event.time,
    };
    this.#model(event);
  }

  #model({ data, payload }: AuditRecord): void {
    const model = wordIn(data['model']) ?? '';
    const destination = wordIn(payload?.['destination']) ?? null;
    const isKnown = this.#models.some((one) => one.model === model && one.destination === destination);
    if (!isKnown && this.#models.length < MOST_MODELS) this.#models.push({ model, destination });
  }

  #egress(event: AuditRecord): void {
    this.#text(event);
    const { action, data } = event;
    const destination = this.#destination(wordIn(data['origin']) ?? '');
    if (!destination) {
      // Its bytes are those of its body; what a command sends is counted later, and for these nobody does.
      this.#others.sendings += 1;
      this.#others.bytes = sumOf(this.#others.bytes, countIn(data['bytes']) ?? 0);
      this.#others.isLeast ||= action !== undefined;
      return;
    }
    const purpose = wordIn(data['purpose']) ?? '';
    const sum = destination.purposes.get(purpose) ?? new PurposeSum(purpose);
    destination.purposes.set(purpose, sum);
    sum.add(event, action === undefined ? null : this.#wanted.sends(action));
    if (action !== undefined) this.#sending.set(action, sum);
  }

  #destination(origin: string): DestinationSum | undefined {
    const { name, host } = destinationOf(origin);
    const known = this.#destinations.get(name);
    if (known || this.#destinations.size >= MOST_DESTINATIONS) return known;
    const isHere = host !== undefined && isThisMachine(host);
    const place = isOfEditor(origin) ? 'editor' : isHere ? 'machine' : 'elsewhere';
    const made = { name, place, hosts: new Set(host === undefined ? [] : [host]), purposes: new Map() } as const;
    this.#destinations.set(name, made);
    return made;
  }

  #ended(action: string, end: Parameters<PurposeSum['ended']>[1]): void {
    this.#sending.get(action)?.ended(action, end);
    this.#sending.delete(action);
  }

  /** Whether what it holds is there: what was recorded without a text has none to lose. */
  #text({ commitment, payload }: AuditRecord): void {
    if (commitment === undefined) return;
    this.#texts.recorded += 1;
    if (payload === undefined) this.#texts.erased += 1;
  }
}

/** A name whose every address was one of this machine. */
function areThisMachine(hosts: ReadonlySet<string>, purposes: ReadonlyMap<string, PurposeSum>): boolean {
  const addresses = [...purposes.values()].flatMap((one) => [...one.addresses]);
  return hosts.size > 0 && addresses.length > 0 && addresses.every(isThisMachine);
}

function byPurpose({ purpose: a }: { purpose: string }, { purpose: b }: { purpose: string }): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
