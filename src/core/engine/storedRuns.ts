import type { AnsweredBy } from '../../shared/answered.ts';
import type { AuditRecord, EventData, EventPayload, RunSummary } from '../../shared/auditEvent.ts';
import { boundRun } from '../agent/boundRun.ts';
import type { Rest } from '../agent/phase.ts';
import { pastOf, type Past } from '../agent/past.ts';
import { entriesUpTo, forkedAt, forkOf, type ForkPoint } from '../agent/forked.ts';
import type { EventOf } from '../agent/earlier.ts';
import { readRun, type Saved } from '../agent/storedRun.ts';
import { toldAsLogged } from '../agent/toldAgain.ts';
import { forkWords } from '../audit/forkWords.ts';
import type { AuditReader, RunStore } from '../audit/port.ts';
import { Failure, NoSuchRun } from '../outcome.ts';
import type { FolderPlaces } from '../scope/folderPlaces.ts';
import { findBinding, type Binding } from './binding.ts';

/** Characters of an output or a reply of the past: as many as a result has at most. */
const MOST_OF_TEXT = 60_000;

/** So many runs are looked at of those that came before one. */
const MOST_FORKS = 20;

/** A run of the log that can go on here. */
export interface RunOffer extends RunSummary {
  /** The open folders in which it would: its own, whatever else is open. */
  roots: readonly string[];
  /** What differs from how it began, as a question; without it there is nothing to agree to. */
  question?: { key: string; words: string[] };
  /** Nothing shows where its folder is now: a person may say that it is one that is open. */
  isLost: boolean;
}

/** A person's word that a run goes on in other folders. `key`: of the question that they were shown. */
export interface Agreement {
  key: string;
  /** The open folder that they say its working folder is, where nothing shows which one is. */
  named?: string | undefined;
  from: Omit<AnsweredBy, 'by'> & { by: AnsweredBy['by'] | 'option' };
}

/** Where a new run begins with the conversation of another one, and who wants that. */
export interface Forking extends ForkPoint {
  from: Agreement['from'];
}

/** A stored run, ready to go on. */
export interface Ready {
  run: string;
  before: Saved;
  /** Which of its stored conversations that is; of a new run none. */
  stands?: number | undefined;
  past: Past;
  /** That it goes on elsewhere, as it is recorded. */
  bound?: { data: EventData['folders_bound']; payload: EventPayload['folders_bound'] };
  /** How it ended, where it is shown and does not go on yet. */
  rest?: Rest;
  /** A new run begins with it, under a name of its own. */
  forked?: EventOf<'forked'>;
}

export interface StoredRunsParts {
  roots: readonly string[];
  places: FolderPlaces;
  audit: AuditReader & RunStore;
}

/** The runs of the log that can go on, and in which folders. */
export class StoredRuns {
  readonly #parts: StoredRunsParts;

  constructor(parts: StoredRunsParts) {
    this.#parts = parts;
  }

  /** Those of some runs that can go on here. A lost one is no window's: it is offered where `withLost` wants it. */
  async offers(runs: readonly RunSummary[], withLost = false): Promise<RunOffer[]> {
    const offers = await Promise.all(runs.map((run) => this.#offer(run, withLost)));
    return offers.flatMap((offer) => offer ?? []);
  }

  /** Where a run would go on. Throws a sentence where it cannot be read. */
  async binding(run: string, named?: string): Promise<Binding> {
    return findBinding((await this.#read(run)).folders, this.#parts, named);
  }

  /** A run, to go on in the open folders; throws what keeps it from doing so. */
  async ready(run: string, agreed?: Agreement): Promise<Ready> {
    // Before it is read: what is stored meanwhile is another one.
    const stands = await this.#parts.audit.conversationSeq(run);
    const before = await this.#read(run);
    const binding = await this.#fitting(before, agreed);
    if (binding.isPlain || agreed === undefined) return { ...(await this.#asLogged(run, before)), stands };
    const bound = boundRun(before, binding.folders);
    return { ...(await this.#asLogged(run, bound)), stands, bound: boundEvent(binding, agreed.from) };
  }

  /** A new run, with the conversation of another one up to a point; throws what keeps that one from going on, too. */
  async forked({ run, message, from }: Forking, agreed?: Agreement): Promise<Ready> {
    const ready = await this.ready(run, agreed);
    const events = await this.#parts.audit.events(run, MOST_OF_TEXT);
    const { before, seq } = forkedAt(ready.before, events, { run, message });
    const { by, at, place } = from;
    const data: EventData['forked'] = {
      ...{ from: run, by, at, ...(place !== undefined && { place }) },
      ...(message !== undefined && { message }),
      ...(seq !== undefined && { seq }),
    };
    const { plan } = seq === undefined ? ready.past : pastOf(events.filter((event) => event.seq < seq));
    const entries = [
      ...entriesUpTo(ready.past.entries, { run, message }),
      { kind: 'notice', level: 'info', text: forkWords(data) } as const,
    ];
    const past = { entries, plan, spoken: 0, questions: 0, spent: { tokens: 0, cost: 0 }, way: undefined };
    return { ...ready, before, stands: undefined, past, forked: { data, payload: {} } };
  }

  /** Throws what keeps a run from going on in the open folders. */
  async assertFits(run: string, agreed?: Agreement): Promise<void> {
    await this.#fitting(await this.#read(run), agreed);
  }

  async #fitting(before: Saved, agreed: Agreement | undefined): Promise<Binding> {
    const binding = await findBinding(before.folders, this.#parts, agreed?.named);
    const { roots, isPlain } = binding;
    // What it had read belongs to its folders, and so does what it would go on to do.
    if (roots.length === 0)
      throw new Failure(
        binding.isLost
          ? `The folder ${before.folder} of this run is not there as it was. Say which one it is now.`
          : `This run belongs to ${before.folder}; resume it there.`,
      );
    if (roots.join('\0') !== this.#parts.roots.join('\0'))
      throw new Failure(`This run has other folders than are open: ${roots.join(', ')}.`);
    if (!isPlain && agreed?.key !== binding.key)
      throw new Failure(`${binding.words.join(' ')} It does not go on unasked.`);
    return binding;
  }

  /** What happened is what the log says, to the person and to the model. */
  async #asLogged(run: string, before: Saved): Promise<Ready> {
    const events = await this.#parts.audit.events(run, MOST_OF_TEXT);
    const messages = toldAsLogged(before.messages, events);
    return { run, before: { ...before, messages }, past: await this.#past(events) };
  }

  /** What happened in a run; and before it in those that it was forked from. */
  async #past(events: readonly AuditRecord[], forks = MOST_FORKS): Promise<Past> {
    const past = pastOf(events);
    const point = forkOf(events);
    if (point === undefined || forks === 0) return past;
    const earlier = await this.#past(await this.#parts.audit.events(point.run, MOST_OF_TEXT), forks - 1);
    return { ...past, entries: [...entriesUpTo(earlier.entries, point), ...past.entries] };
  }

  /** The log's own word decides first: of runs that belong elsewhere no conversation is read and checked. */
  async #offer(run: RunSummary, withLost: boolean): Promise<RunOffer | undefined> {
    const isOffered = ({ roots, isLost }: Binding): boolean => roots.length > 0 || (withLost && isLost);
    const said = await findBinding(run.folders ?? [{ path: run.folder }], this.#parts);
    if (!isOffered(said)) return undefined;
    // What was tampered with is offered, and refused in words.
    const stored = await this.#parts.audit.loadTranscript(run.run).catch(() => undefined);
    const read = stored === undefined ? undefined : readRun(stored);
    if (read?.ok === false) return undefined;
    const binding = read ? await findBinding(read.saved.folders, this.#parts) : said;
    const { roots, isLost, isPlain, key, words } = binding;
    return isOffered(binding) ? { ...run, roots, isLost, ...(!isPlain && { question: { key, words } }) } : undefined;
  }

  async #read(run: string): Promise<Saved> {
    const stored = await this.#parts.audit.loadTranscript(run);
    if (stored === undefined) throw new NoSuchRun(run, 'to resume');
    const read = readRun(stored);
    if (!read.ok) throw new Failure(read.problem);
    return read.saved;
  }
}

function boundEvent({ folders }: Binding, from: Agreement['from']): NonNullable<Ready['bound']> {
  return {
    data: {
      moved: folders.filter(({ to, shownBy }) => to !== undefined && shownBy !== 'place').length,
      leftOut: folders.filter(({ to }) => to === undefined).length,
      ...from,
    },
    payload: { folders: folders.map(({ state: _, ...folder }) => folder) },
  };
}
