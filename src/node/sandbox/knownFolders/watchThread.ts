import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Lost, type Listing } from './folderWatch.ts';
import { numberIn } from './surroundings.ts';
import type { WatchReply, WatchRequest } from './watchWorker.ts';

const MEMORY_MB = 512;
/** The kernel's watches are few and shared with the editor. */
const SHARE = 4;
/** A queue that is shorter is soon full. */
const LEAST_QUEUED = 4096;

/** `FolderWatch` in a thread of its own, which keeps no process from ending. Everything throws `Lost` once it is. */
export class WatchThread {
  readonly #worker: Worker;
  readonly #waiting: { resolve: (reply: WatchReply) => void; reject: (error: Error) => void }[] = [];
  #ended: Lost | undefined;

  constructor(roots: readonly string[], dataFolder: string) {
    const queued = numberIn('/proc/sys/fs/inotify/max_queued_events') ?? 0;
    const most = numberIn('/proc/sys/fs/inotify/max_user_watches') ?? 0;
    if (queued < LEAST_QUEUED || most === 0) throw new Lost('the kernel’s limits leave no room for watching');
    const marks = join(dataFolder, 'marks');
    mkdirSync(marks, { recursive: true, mode: 0o700 });
    const isSource = import.meta.url.endsWith('.ts');
    const url = new URL(isSource ? './watchWorker.ts' : './watch-worker.js', import.meta.url);
    this.#worker = new Worker(url, {
      env: {},
      workerData: { roots, marks, limits: { queued, folders: Math.floor(most / SHARE) } },
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    this.#worker.unref();
    this.#worker.on('message', (reply: WatchReply) => {
      this.#waiting.shift()?.resolve(reply);
      if (this.#waiting.length === 0) this.#worker.unref();
    });
    this.#worker.on('error', (error) => {
      this.#end(error instanceof Error ? error.message : String(error));
    });
    this.#worker.on('exit', () => {
      this.#end('it ended');
    });
  }

  async list(folders: { path: string; fresh: boolean }[]): Promise<Listing[]> {
    const reply = await this.#ask({ kind: 'list', folders });
    return reply.kind === 'listed' ? reply.listings : [];
  }

  async changes(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const reply = await this.#ask({ kind: 'changes' });
    return reply.kind === 'changed' ? reply.changed : new Map<string, Set<string>>();
  }

  async forget(folders: string[]): Promise<void> {
    await this.#ask({ kind: 'forget', folders });
  }

  async close(): Promise<void> {
    this.#ended ??= new Lost('it was closed');
    await this.#worker.terminate();
  }

  async #ask(request: WatchRequest): Promise<WatchReply> {
    if (this.#ended) throw this.#ended;
    this.#worker.ref();
    const reply = await new Promise<WatchReply>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(request);
    });
    if (reply.kind === 'lost') throw (this.#ended = new Lost(reply.why));
    return reply;
  }

  #end(why: string): void {
    this.#ended ??= new Lost(why);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}
