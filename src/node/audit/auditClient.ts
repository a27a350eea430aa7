import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AuditLog, AuditReader, Erased, Erasing, Growth, RunStore, SeenHead } from '../../core/audit/port.ts';
import type { RunFilter } from '../../core/audit/filter.ts';
import type { Questions } from '../../core/audit/questions.ts';
import type { ListedTurn } from '../../core/audit/tree.ts';
import type { EventType, NewEvent, RunSummary } from '../../shared/auditEvent.ts';
import type { Json } from '../../shared/json.ts';
import { makePrivate } from '../folders.ts';
import type { ExposurePage } from '../exposure/exposurePage.ts';
import { identityOf } from '../process/identity.ts';
import { Lives } from '../process/lives.ts';
import { AuditFailure, failureOf } from './failureOf.ts';
import type { StoreMethod, StoreReply, StoreRequest } from './messages.ts';
import type { Retention } from './retention.ts';
import type { AuditStore } from './store.ts';

/** What it works with is short-lived and small: room for more would only be taken. */
const SMALL = { maxYoungGenerationSizeMb: 16 };

interface Waiting {
  method: StoreMethod;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The audit log as everyone else sees it: a worker that owns the database, and calls to it. */
export class AuditClient implements AuditLog, AuditReader, RunStore, AsyncDisposable {
  readonly file: string;
  readonly #worker: Worker;
  readonly #lives: Lives;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<() => void>();
  readonly #headListeners = new Set<(head: SeenHead) => void>();
  #next = 1;
  #hasWritten = false;
  #dead: string | undefined;

  private constructor(file: string, worker: Worker) {
    this.#lives = new Lives(dirname(file));
    this.file = file;
    this.#worker = worker;
    worker.on('message', (reply: StoreReply) => {
      if ('head' in reply) {
        for (const listener of this.#headListeners) listener(reply.head);
        return;
      }
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ('problem' in reply) waiting?.reject(failureOf(waiting.method, reply));
      else waiting?.resolve(reply.value);
    });
    const died = (why: string): void => {
      this.#dead = why;
      for (const waiting of this.#waiting.values()) waiting.reject(new AuditFailure(why));
      this.#waiting.clear();
    };
    worker.on('error', (error) => {
      died(`The audit log's worker failed: ${error instanceof Error ? error.message : String(error)}`);
    });
    worker.on('exit', () => {
      died('The audit log is closed.');
    });
    worker.unref();
  }

  /** `dataFolder` is made private first. The worker is a file of its own: source here, a bundle when built. */
  static async open(dataFolder: string): Promise<AuditClient> {
    await makePrivate(dataFolder);
    const file = join(dataFolder, 'audit.db');
    const isSource = import.meta.url.endsWith('.ts');
    const url = new URL(isSource ? './worker.ts' : './audit-worker.js', import.meta.url);
    const worker = new Worker(url, { workerData: { file, pid: process.pid }, env: {}, resourceLimits: SMALL });
    const client = new AuditClient(file, worker);
    client.#live();
    return client;
  }

  /** Others see that this process is alive; where nothing can be written there is nothing that it could hold. */
  #live(): void {
    try {
      this.#lives.hold(identityOf(process.pid));
    } catch {
      // said by whatever is to be recorded
    }
  }

  /** Tells whenever an event was appended by this process. */
  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells whenever this process has signed the chain. */
  onHead(listener: (head: SeenHead) => void): () => void {
    this.#headListeners.add(listener);
    return () => this.#headListeners.delete(listener);
  }

  async append<T extends EventType>(event: NewEvent<T>): ReturnType<AuditLog['append']> {
    this.#hasWritten = true;
    const stored = await this.#call('append', event);
    for (const listener of this.#listeners) listener();
    return stored;
  }

  runs(limit: number, before?: number): ReturnType<AuditReader['runs']> {
    return this.#call('runs', limit, before);
  }
  runsIn(folder: string, limit: number): ReturnType<AuditReader['runsIn']> {
    return this.#call('runsIn', folder, limit);
  }
  find(...args: Parameters<AuditReader['find']>): ReturnType<AuditReader['find']> {
    return this.#call('find', ...args);
  }
  values(kind: string): Promise<string[]> {
    return this.#call('values', kind);
  }
  summaries(runs: readonly string[]): Promise<RunSummary[]> {
    return this.#call('summaries', runs);
  }
  matching(run: string, text: string): ReturnType<AuditReader['matching']> {
    return this.#call('matching', run, text);
  }
  events(...args: Parameters<AuditReader['events']>): ReturnType<AuditReader['events']> {
    return this.#call('events', ...args);
  }
  textOf(...args: Parameters<AuditReader['textOf']>): ReturnType<AuditReader['textOf']> {
    return this.#call('textOf', ...args);
  }
  turns(run: string, filter: RunFilter): Promise<ListedTurn[]> {
    return this.#call('turns', run, filter);
  }
  /** Some of what tells of a run what has left, after an event. */
  exposure(run: string, after: number): Promise<ExposurePage> {
    return this.#call('exposure', run, after);
  }
  /** What people were asked since then (milliseconds since 1970), by week, newest first. */
  questions(since: number): Promise<{ week: string; questions: Questions }[]> {
    return this.#call('questions', since);
  }
  /** Makes some more events searchable; how many are left. */
  advance(): Promise<number> {
    return this.#call('advance');
  }
  erase(what: Erasing): Promise<Erased> {
    return this.#call('erase', what);
  }
  retain(keep: Retention): Promise<Erased> {
    return this.#call('retain', keep);
  }
  claim(folders: readonly string[], run: string): ReturnType<RunStore['claim']> {
    return this.#call('claim', folders, run);
  }
  running(): ReturnType<RunStore['running']> {
    return this.#call('running');
  }
  async release(run: string): Promise<void> {
    await this.#call('release', run);
  }
  async saveTranscript(run: string, transcript: Json): Promise<void> {
    this.#hasWritten = true;
    await this.#call('saveTranscript', run, transcript);
  }
  async growTranscript(run: string, growth: Growth): Promise<boolean> {
    this.#hasWritten = true;
    return this.#call('growTranscript', run, growth);
  }
  conversationSeq(run: string): Promise<number | undefined> {
    return this.#call('conversationSeq', run);
  }
  loadTranscript(run: string): Promise<Json | undefined> {
    return this.#call('loadTranscript', run);
  }
  async recover(): Promise<string[]> {
    const marked = await this.#call('recover');
    if (marked.length > 0) for (const listener of this.#listeners) listener();
    return marked;
  }

  /** Signs what this process wrote last. Before it ends: nobody may come to sign it. */
  async settle(): Promise<void> {
    if (!this.#hasWritten || this.#dead !== undefined) return;
    await this.#call('settle').catch(() => undefined); // what cannot be signed is said to be unsigned
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.settle();
    await this.#worker.terminate();
    this.#lives[Symbol.dispose]();
  }

  #call<M extends StoreMethod>(method: M, ...args: Parameters<AuditStore[M]>): Promise<ReturnType<AuditStore[M]>> {
    return new Promise((resolve, reject) => {
      if (this.#dead !== undefined) {
        reject(new AuditFailure(this.#dead));
        return;
      }
      const id = this.#next;
      this.#next += 1;
      this.#waiting.set(id, { method, resolve: resolve, reject });
      this.#worker.ref();
      const request: StoreRequest = { id, method, args };
      this.#worker.postMessage(request);
    }).finally(() => {
      if (this.#waiting.size === 0) this.#worker.unref();
    }) as Promise<ReturnType<AuditStore[M]>>;
  }
}
