import { setTimeout as pause } from 'node:timers/promises';
import { endingBecause, whereWords, type RunRequests, type Want } from '../../core/presence/elsewhere.ts';
import type { RunningRun, RunStore } from '../../core/audit/port.ts';
import { Failure, type Cancelled } from '../../core/outcome.ts';
import type { PlaceOf } from '../../shared/answered.ts';
import { holderName, identityOf } from '../process/identity.ts';
import { RequestFiles } from './requestFiles.ts';

const LOOK_EVERY_MS = 500;
const ASK_EVERY_MS = 150;
/** A run that is stopped ends its commands first, and looks after what they left. */
const MOST_WAIT_MS = 30_000;

export interface RunRequestParts {
  data: string;
  audit: Pick<RunStore, 'running' | 'recover'>;
  /** Where the person is who wants something of other processes' runs. */
  here: Required<PlaceOf>;
}

/** What is wanted of runs, told through the data folder that the processes of an account share. */
export class SharedRunRequests implements RunRequests {
  readonly #parts: RunRequestParts;
  readonly #files: RequestFiles;

  constructor(parts: RunRequestParts) {
    this.#parts = parts;
    this.#files = new RequestFiles(parts.data);
  }

  listen(run: string, hear: (why: Cancelled) => void): () => void {
    const mine = { run, holder: holderName(identityOf(process.pid)) };
    this.#files.take(mine); // what was wanted of earlier work
    const timer = setInterval(() => {
      const [first] = this.#files.take(mine);
      if (first) hear(endingBecause(first.want, { at: first.at, place: first.place }));
    }, LOOK_EVERY_MS);
    timer.unref();
    return () => {
      clearInterval(timer);
    };
  }

  async tell({ run, holder, ...where }: RunningRun, want: Want): Promise<void> {
    const takeBack = await this.#files
      .write({ version: 1, run, holder, want, ...this.#parts.here })
      .catch((error: unknown) => {
        throw new Failure(`It cannot be told: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      });
    try {
      const until = performance.now() + MOST_WAIT_MS;
      while (await this.#isHeld(run, holder)) {
        if (performance.now() > until)
          throw new Failure(
            `The run stays in ${whereWords(where)}: that may be suspended, or busy. Try again, or close it; what was begun is recorded.`,
          );
        await pause(ASK_EVERY_MS);
      }
    } finally {
      takeBack();
    }
  }

  async #isHeld(run: string, holder: string): Promise<boolean> {
    const { audit } = this.#parts;
    const isThere = async (): Promise<boolean> =>
      (await audit.running()).some((one) => one.run === run && one.holder === holder);
    if (await isThere()) return true;
    await audit.recover(); // one that is gone has let go of nothing itself
    return isThere();
  }
}
