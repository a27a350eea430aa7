import { dirname, join } from 'node:path';
import {
  LogRefusal,
  type Claim,
  type Erased,
  type Erasing,
  type Growth,
  type RunningRun,
  type RunPage,
  type SeenHead,
} from '../../core/audit/port.ts';
import { isEmpty, type RunFilter } from '../../core/audit/filter.ts';
import { narrowed } from '../../core/audit/narrow.ts';
import { listed, turnsOf, type ListedTurn } from '../../core/audit/tree.ts';
import type { AuditEvent, AuditRecord, EventType, NewEvent, RunSummary } from '../../shared/auditEvent.ts';
import type { TextOf, TextPart } from '../../shared/longText.ts';
import type { Json } from '../../shared/json.ts';
import type { ProcessIdentity } from '../process/identity.ts';
import { Lives } from '../process/lives.ts';
import type { Questions } from '../../core/audit/questions.ts';
import { exposurePage, type ExposurePage } from '../exposure/exposurePage.ts';
import { ChainWriter } from './chainWriter.ts';
import { LogReplaced } from './problems.ts';
import { lastConversation, loadConversation, saveConversation } from './conversations.ts';
import { accountKey, hasAccountKey } from './keys.ts';
import { parseBody } from './logText.ts';
import { questionsByWeek } from './countQuestions.ts';
import type { Connection } from './database.ts';
import { doomedPayloads, erase, refuseWhatIsKept, sweep, type Doomed } from './erase.ts';
import { GrowingConversations } from './growingConversations.ts';
import { LogFile } from './logFile.ts';
import { actionsOf, eventsOf, newestRuns, newestRunsIn, summaries, textOf } from './logReader.ts';
import { retentionPlan, type Retention } from './retention.ts';
import type { RunLimits } from './runBudget.ts';
import { RunRecords } from './runRecords.ts';
import { findRuns, matchingEvents, valuesOf } from './search/findRuns.ts';
import { SearchIndex } from './search/searchIndex.ts';

/** The search index may be made up to date for so long before an answer is given from what it has. */
const MOST_ADVANCE_MS = 60;
const MOST_LOOKS = 5;

/**
 * The audit log of an account. What is recorded is durable when a call returns; everything is synchronous, and runs in
 * a worker, so that waiting for another writer never freezes anybody.
 */
export class AuditStore {
  readonly #file: LogFile;
  readonly #writer: ChainWriter;
  readonly #lives: Lives;
  readonly #runs: RunRecords;
  readonly #conversations: GrowingConversations;
  readonly #index: SearchIndex;
  readonly #data: string;

  constructor(file: string, owner: ProcessIdentity, limits?: RunLimits) {
    this.#file = new LogFile(file);
    this.#data = dirname(file);
    this.#writer = new ChainWriter(this.#file, dirname(file), owner.pid, limits);
    this.#lives = new Lives(dirname(file));
    this.#runs = new RunRecords(this.#writer, owner, this.#lives);
    this.#conversations = new GrowingConversations(this.#writer);
    this.#index = new SearchIndex(join(dirname(file), 'audit-search.db'));
  }

  append<T extends EventType>(event: NewEvent<T>): AuditEvent {
    return this.#write((connection) => {
      this.#runs.refuseLost(connection, event.run, event.type);
      return this.#writer.append(connection, event);
    });
  }

  claim(folders: readonly string[], run: string): Claim {
    return this.#write((connection) => this.#runs.claim(connection, folders, run));
  }

  release(run: string): void {
    this.#conversations.forget(run);
    this.#write((connection) => {
      this.#runs.release(connection, run);
    });
  }

  running(): (RunningRun & { isHere: boolean })[] {
    return this.#read((connection) => this.#runs.running(connection));
  }

  recover(): string[] {
    return this.#write((connection) => this.#runs.recover(connection));
  }

  saveTranscript(run: string, transcript: Json): void {
    this.#write((connection) => {
      this.#runs.refuseLost(connection, run);
      saveConversation(connection, this.#writer, run, transcript);
    });
  }

  growTranscript(run: string, growth: Growth): boolean {
    return this.#write((connection) => {
      this.#runs.refuseLost(connection, run);
      return this.#conversations.grow(connection, run, growth);
    });
  }

  conversationSeq(run: string): number | undefined {
    return this.#read((connection) => lastConversation(connection, run));
  }

  loadTranscript(run: string): Json | undefined {
    const account = hasAccountKey(this.#data) ? accountKey(this.#data).publicKey : undefined;
    return this.#read((connection) => loadConversation(connection, run, account));
  }

  /** Signs what this process wrote last: nobody may come for a while to write more. */
  settle(): void {
    if (!this.#writer.isWaiting) return;
    this.#write((connection) => {
      this.#writer.settle(connection);
    });
  }

  runs(limit: number, before?: number): RunSummary[] {
    return this.#read((connection) => summaries(connection, newestRuns(connection, limit, before)));
  }

  runsIn(folder: string, limit: number): RunSummary[] {
    return this.#read((connection) => summaries(connection, newestRunsIn(connection, folder, limit)));
  }

  find(filter: RunFilter, limit: number, before?: number): RunPage {
    return this.#read((connection) => {
      if (isEmpty(filter)) {
        const starts = newestRuns(connection, limit, before);
        const last = starts.length === limit ? starts.at(-1)?.start : undefined;
        return { runs: summaries(connection, starts), behind: 0, ...(last !== undefined && { next: last }) };
      }
      const found = this.#index.safely(() => {
        const index = this.#upToDate(connection);
        return index ? findRuns(index, filter, limit, before) : { starts: [] };
      });
      const runs = found.starts.flatMap((start) => {
        const run = runAt(connection, start);
        return run === undefined ? [] : [{ run, start }];
      });
      return {
        runs: summaries(connection, runs),
        behind: this.#index.behind(connection),
        ...(found.next !== undefined && { next: found.next }),
      };
    });
  }

  /** What there is to filter by, of a kind: the most frequent values first. */
  values(kind: string): string[] {
    return this.#read((connection) =>
      this.#index.safely(() => {
        const index = this.#upToDate(connection);
        return index ? valuesOf(index, kind) : [];
      }),
    );
  }

  matching(run: string, text: string): string[] {
    return this.#read((connection) => {
      const seqs = this.#index.safely(() => {
        const index = this.#upToDate(connection);
        return index ? matchingEvents(index, run, text) : [];
      });
      return [...new Set(seqs.flatMap((seq) => bodyAt(connection, seq)?.action ?? []))];
    });
  }

  summaries(runs: readonly string[]): RunSummary[] {
    return this.#read((connection) => {
      const first = connection.prepare("SELECT min(seq) AS s FROM events WHERE run = ? AND type = 'run_started'");
      const known = runs.flatMap((run) => {
        const start = first.get(run)?.['s'];
        return typeof start === 'number' ? [{ run, start }] : [];
      });
      return summaries(connection, known);
    });
  }

  events(run: string, most?: number, after?: number): AuditRecord[] {
    return this.#read((connection) => eventsOf(connection, run, most, after));
  }

  /** Some of what tells of a run what has left. */
  exposure(run: string, after: number): ExposurePage {
    return this.#read((connection) => exposurePage(connection, run, after));
  }

  textOf(run: string, of: TextOf, from: number): TextPart | undefined {
    return this.#read((connection) => textOf(connection, run, of, from));
  }

  /** What a run did, without the events of it. What a filter found may be in no action: then all of them. */
  turns(run: string, filter: RunFilter): ListedTurn[] {
    const turns = this.#read((connection) => turnsOf(actionsOf(connection, run)));
    const matching = isGiven(filter.text) ? new Set(this.matching(run, filter.text)) : undefined;
    const some = isEmpty(filter) ? [] : narrowed(turns, filter, matching);
    return listed(some.length > 0 ? some : turns);
  }

  questions(sinceMs: number): { week: string; questions: Questions }[] {
    return this.#read((connection) => questionsByWeek(connection, new Date(sinceMs)));
  }

  /** Makes some more events searchable; how many are left. */
  advance(): number {
    return this.#read((connection) => this.#index.safely(() => this.#index.advance(connection)));
  }

  erase(what: Erasing): Erased {
    refuseWhatIsKept(what);
    this.recover(); // what a dead process held is not active
    for (let attempt = 0; attempt < MOST_LOOKS; attempt += 1) {
      const doomed = this.#read((connection) => doomedPayloads(connection, what));
      if (doomed.runs.length === 0 && doomed.payloads === 0)
        return { payloads: 0, conversations: 0, runs: [], left: this.#read(sweep) };
      // A run may have begun again, or been erased, since it was looked at: then it is looked at again.
      const isSame = (now: Doomed): boolean => JSON.stringify(now) === JSON.stringify(doomed);
      const erased: { conversations?: number } = {};
      this.#index.around(this.#file.connection(), () => {
        this.#write((connection) => {
          if (isSame(doomedPayloads(connection, what)))
            erased.conversations = erase(connection, this.#writer, what, doomed);
        });
      });
      const { conversations } = erased;
      if (conversations === undefined) continue;
      return { payloads: doomed.payloads, conversations, runs: doomed.runs, left: this.#read(sweep) };
    }
    throw new LogRefusal('What is to be erased keeps changing; try again when no run is at work.');
  }

  /** Erases what is older, or more, than is to be kept. */
  retain(keep: Retention): Erased {
    this.recover(); // what a dead process held is not active
    const plan = this.#read((connection) => retentionPlan(connection, keep, new Date()));
    return plan === undefined
      ? { payloads: 0, conversations: 0, runs: [] }
      : this.erase({ scope: 'retention', ...plan });
  }

  /** The signature that this process has just made, once. */
  takeHead(): SeenHead | undefined {
    return this.#writer.takeHead();
  }

  close(): void {
    this.#index.close();
    this.#file.close();
    this.#lives[Symbol.dispose]();
  }

  /** One transaction; again with the log that is there now, where it was replaced meanwhile. */
  #write<T>(work: (connection: Connection) => T): T {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return this.#file.use('write', (connection) =>
          this.#writer.transaction(connection, () => {
            this.#runs.carryOver(connection);
            return work(connection);
          }),
        );
      } catch (error) {
        if (!(error instanceof LogReplaced) || attempt > 2) throw error;
        if (error.gap === undefined) this.#file.reopen();
        else this.#file.replace(error.gap, error.message);
      }
    }
  }

  #read<T>(work: (connection: Connection) => T): T {
    if (!this.#file.isCurrent()) this.#file.reopen();
    return this.#file.use('read', work);
  }

  #upToDate(connection: Connection): Connection | undefined {
    const began = performance.now();
    while (this.#index.advance(connection) > 0 && performance.now() - began < MOST_ADVANCE_MS);
    return this.#index.connection(connection);
  }
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

function bodyAt(connection: Connection, seq: number): AuditRecord | undefined {
  const row = connection.prepare('SELECT body, hash FROM events WHERE seq = ?').get(seq);
  const body = row ? parseBody(String(row['body'])) : undefined;
  return body && { ...body, hash: String(row?.['hash']) };
}

function runAt(connection: Connection, seq: number): string | undefined {
  const run = connection.prepare('SELECT run FROM events WHERE seq = ?').get(seq)?.['run'];
  return typeof run === 'string' ? run : undefined;
}
