import type { AuditClient } from '../node/audit/auditClient.ts';
import { writeObject } from './jsonObject.ts';

/** Writes the events of a run to standard output as they are recorded, each as the log has it, in its order. */
export class EventStream {
  readonly #audit: AuditClient;
  readonly #run: () => string | undefined;
  readonly #stop: () => void;
  #after: number;
  #reading: Promise<void> | undefined;
  #isWanted = false;

  /** `run`: its name in the log, once it has one. `after`: what came of it before this, if it goes on. */
  constructor(audit: AuditClient, run: () => string | undefined, after: number) {
    this.#audit = audit;
    this.#run = run;
    this.#after = after;
    this.#stop = audit.onAppend(() => {
      this.#isWanted = true;
      this.#reading ??= this.#read();
    });
  }

  /** Everything that was recorded until now is written. */
  async end(): Promise<void> {
    this.#stop();
    await this.#reading;
    this.#isWanted = true;
    await this.#read();
  }

  /** One look at the log for however many events were recorded meanwhile. */
  async #read(): Promise<void> {
    try {
      while (this.#isWanted) {
        const run = this.#run();
        if (run === undefined) return;
        this.#isWanted = false;
        for (const event of await this.#audit.events(run, undefined, this.#after)) {
          writeObject('event', event);
          this.#after = event.seq;
        }
      }
    } finally {
      this.#reading = undefined;
    }
  }
}
