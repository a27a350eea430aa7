import { Worker } from 'node:worker_threads';
import type { Matches, OpenSearch, Pattern, TextSearch, Unanswered } from '../../core/tools/textSearch.ts';
import { cancellationOf } from '../../core/outcome.ts';
import { filesWith } from './ripgrep.ts';

export interface SearchRequest {
  pattern: Pattern;
  lines: readonly string[];
  mostLines: number;
}
export type SearchReply = Matches | { kind: 'wrong'; problem: string };

/** Seconds that one search may match; reading the files does not count. */
const MOST_SECONDS = 20;
const MEMORY_MB = 256;

/** Searches in a thread of its own, which waits for the next search unless it had to be ended. */
export class ThreadSearch implements TextSearch {
  readonly filesWith = filesWith;
  readonly #seconds: number;
  #idle: Worker | undefined;

  constructor(seconds = MOST_SECONDS) {
    this.#seconds = seconds;
  }

  open(pattern: Pattern, signal: AbortSignal): OpenSearch {
    const worker = this.#idle ?? started();
    this.#idle = undefined;
    return new Thread(worker, pattern, { seconds: this.#seconds, signal }, (unharmed) => {
      // Of two searches at once one thread is kept.
      if (this.#idle) void unharmed.terminate();
      else this.#idle = unharmed;
    });
  }
}

function started(): Worker {
  const isSource = import.meta.url.endsWith('.ts');
  const url = new URL(isSource ? './searchWorker.ts' : './search-worker.js', import.meta.url);
  const worker = new Worker(url, { env: {}, resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
  worker.unref(); // one that waits keeps no process from ending
  return worker;
}

class Thread implements OpenSearch {
  readonly #worker: Worker;
  readonly #pattern: Pattern;
  readonly #signal: AbortSignal;
  readonly #seconds: number;
  readonly #giveBack: (worker: Worker) => void;
  #leftMs: number;
  #given: Unanswered | undefined;
  #isHarmed = false;

  constructor(
    worker: Worker,
    pattern: Pattern,
    { seconds, signal }: { seconds: number; signal: AbortSignal },
    giveBack: (worker: Worker) => void,
  ) {
    this.#worker = worker;
    this.#pattern = pattern;
    this.#signal = signal;
    this.#seconds = seconds;
    this.#leftMs = seconds * 1000;
    this.#giveBack = giveBack;
    // It may end before it is asked anything: its program is not there, or the machine has no room.
    worker.on('error', (error) => {
      this.#given ??= brokenBy(error);
    });
  }

  async in(lines: readonly string[], mostLines: number): Promise<Matches | Unanswered> {
    if (this.#given) return this.#given;
    const began = performance.now();
    const answer = await this.#ask({ pattern: this.#pattern, lines, mostLines });
    this.#leftMs -= performance.now() - began;
    if ('kind' in answer) this.#given = answer;
    return answer;
  }

  /** One answer, or the end of the thread, the time or the call, whichever is first. */
  async #ask(request: SearchRequest): Promise<Matches | Unanswered> {
    const settled = new AbortController();
    this.#isHarmed = true; // until it has answered
    this.#worker.ref();
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
          this.#isHarmed = false;
          resolve(reply);
        });
        // Out of memory, most likely: then the pattern is what was too much.
        this.#worker.once('error', (error) => {
          resolve(brokenBy(error));
        });
        this.#worker.postMessage(request);
      });
    } finally {
      settled.abort();
      this.#worker.removeAllListeners('message');
      this.#worker.removeAllListeners('error');
      this.#worker.on('error', () => undefined); // what comes after the answer says nothing more
      this.#worker.unref();
    }
  }

  async close(): Promise<void> {
    if (this.#isHarmed || this.#given) await this.#worker.terminate();
    else this.#giveBack(this.#worker);
  }
}

function brokenBy(error: unknown): Unanswered {
  return { kind: 'wrong', problem: error instanceof Error ? error.message : 'it cannot be searched for' };
}
