import { Worker } from 'node:worker_threads';
import type { Matches, OpenSearch, Pattern, TextSearch, Unanswered } from '../../core/tools/textSearch.ts';
import { cancellationOf } from '../../core/tools/failure.ts';

export interface SearchRequest {
  text: string;
  mostLines: number;
}
export type SearchReply = Matches | { kind: 'wrong'; problem: string };

/** Seconds that one search may match; reading the files does not count. */
const MOST_SECONDS = 20;
const MEMORY_MB = 256;

/** Searches in threads of their own, each ended with its search. */
export class ThreadSearch implements TextSearch {
  readonly #seconds: number;

  constructor(seconds = MOST_SECONDS) {
    this.#seconds = seconds;
  }

  open(pattern: Pattern, signal: AbortSignal): OpenSearch {
    return new Thread(pattern, this.#seconds, signal);
  }
}

class Thread implements OpenSearch {
  readonly #worker: Worker;
  readonly #signal: AbortSignal;
  readonly #seconds: number;
  #leftMs: number;
  #given: Unanswered | undefined;

  constructor(pattern: Pattern, seconds: number, signal: AbortSignal) {
    const isSource = import.meta.url.endsWith('.ts');
    const url = new URL(isSource ? './searchWorker.ts' : './search-worker.js', import.meta.url);
    this.#worker = new Worker(url, {
      workerData: pattern,
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    this.#signal = signal;
    this.#seconds = seconds;
    this.#leftMs = seconds * 1000;
  }

  async in(text: string, mostLines: number): Promise<Matches | Unanswered> {
    if (this.#given) return this.#given;
    const began = performance.now();
    const answer = await this.#ask({ text, mostLines });
    this.#leftMs -= performance.now() - began;
    if ('kind' in answer) this.#given = answer;
    return answer;
  }

  /** One answer, or the end of the thread, the time or the call, whichever is first. */
  async #ask(request: SearchRequest): Promise<Matches | Unanswered> {
    const settled = new AbortController();
    const once = { signal: settled.signal };
    try {
      return await new Promise((resolve, reject) => {
        const stopped = (): void => {
          reject(cancellationOf(this.#signal));
        };
        if (this.#signal.aborted) stopped();
        this.#signal.addEventListener('abort', stopped, once);
        const timer = setTimeout(() => {
          resolve({ kind: 'slow', seconds: this.#seconds });
        }, this.#leftMs);
        settled.signal.addEventListener('abort', () => {
          clearTimeout(timer);
        });
        this.#worker.once('message', (reply: SearchReply) => {
          resolve(reply);
        });
        // Out of memory, most likely: then the pattern is what was too much.
        this.#worker.once('error', (error) => {
          resolve({ kind: 'wrong', problem: error instanceof Error ? error.message : 'it cannot be searched for' });
        });
        this.#worker.postMessage(request);
      });
    } finally {
      settled.abort();
      this.#worker.removeAllListeners();
      this.#worker.on('error', () => undefined); // what comes after the answer says nothing more
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
