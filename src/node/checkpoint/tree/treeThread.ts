import { Worker } from 'node:worker_threads';
import type { TreeCall, TreeCalls, TreeReply } from './treeWorker.ts';

/** A thread that nobody asks anything goes after so long; what it knew is on the disk. */
const IDLE_MS = 20_000;

interface Waiting {
  answered: (answer: unknown) => void;
  failed: (error: Error) => void;
}

/** Looks at trees in a thread of its own: a pass over one would hold up everything else. Started by the first call. */
export class TreeThread {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #next = 0;
  #idle: NodeJS.Timeout | undefined;

  ask<K extends TreeCall>(call: K, request: TreeCalls[K]['ask']): Promise<TreeCalls[K]['answer']> {
    clearTimeout(this.#idle);
    const worker = (this.#worker ??= this.#started());
    const id = this.#next;
    this.#next += 1;
    worker.ref();
    return new Promise((resolve, reject) => {
      // The worker answers each call in its own form (treeWorker.ts).
      this.#waiting.set(id, { answered: (answer) => resolve(answer as TreeCalls[K]['answer']), failed: reject });
      worker.postMessage({ ...request, id, call });
    });
  }

  #started(): Worker {
    const isSource = import.meta.url.endsWith('.ts');
    const url = new URL(isSource ? './treeWorker.ts' : './tree-worker.js', import.meta.url);
    const worker = new Worker(url, { env: {} });
    worker.on('message', (reply: TreeReply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (this.#waiting.size === 0) this.#rest(worker);
      if ('problem' in reply) waiting?.failed(new Error(reply.problem));
      else waiting?.answered(reply.answer);
    });
    // Out of memory, most likely: whoever waits is told, and the next call starts another.
    worker.on('error', (error) => {
      if (this.#worker === worker) this.#worker = undefined;
      for (const { failed } of this.#waiting.values())
        failed(error instanceof Error ? error : new Error(String(error)));
      this.#waiting.clear();
    });
    return worker;
  }

  #rest(worker: Worker): void {
    worker.unref();
    this.#idle = setTimeout(() => {
      if (this.#worker === worker) this.#worker = undefined;
      void worker.terminate();
    }, IDLE_MS);
    this.#idle.unref();
  }
}
