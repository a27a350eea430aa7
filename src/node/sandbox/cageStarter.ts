import { DESCRIPTORS, STARTER } from '../../core/sandbox/bubblewrap.ts';
import type { Limits } from '../../core/sandbox/port.ts';
import { prepareProcess, type Prepared } from '../process/spawn.ts';
import type { ControlGroup, ControlGroups } from './groups/port.ts';

/** bubblewrap, started and waiting for its options, in the control group that holds whatever it will start. */
export interface WaitingCage {
  process: Prepared;
  group: ControlGroup | undefined;
}

const SPARE_MS = 120_000;
/** Starting a process holds this one up for milliseconds: what a call found out is passed on first. */
const AFTER_MS = 10;

/**
 * Starts cages. Starting the program and moving it into its group take longer than all the rest, so that from the
 * second call on one is kept waiting for the next: it knows nothing yet, and ends when this process does.
 */
export class CageStarter {
  readonly #program: string;
  readonly #groups: ControlGroups | undefined;
  readonly #around: readonly string[];
  #spare: { key: string; waiting: Promise<WaitingCage> } | undefined;
  #calls = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `around`: what starts bubblewrap (see `namespacesAround`). */
  constructor(program: string, groups: ControlGroups | undefined, around: readonly string[] = []) {
    this.#program = program;
    this.#groups = groups;
    this.#around = around;
  }

  /** Starts cages as this one does, and these words start those: each time anew. */
  within(around: readonly string[]): CageStarter {
    return new CageStarter(this.#program, this.#groups, around);
  }

  /** A cage that waits for its options. Throws if it cannot be started, or its limits cannot be set. */
  async take(limits: Limits): Promise<WaitingCage> {
    const key = JSON.stringify(limits);
    const spare = this.#spare;
    this.#spare = undefined;
    clearTimeout(this.#timer);
    if (spare?.key === key) {
      const waiting = await spare.waiting.catch(() => undefined);
      if (waiting && !waiting.process.hasEnded()) return waiting;
      if (waiting) void discard(waiting);
    } else void spare?.waiting.then(discard, () => undefined);
    return this.#start(limits);
  }

  /** A call has ended: the next one may find a cage waiting. */
  ended(limits: Limits): void {
    this.#calls += 1;
    if (this.#calls < 2 || this.#spare) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#keep(limits);
    }, AFTER_MS);
    this.#timer.unref();
  }

  #keep(limits: Limits): void {
    const waiting = this.#start(limits);
    waiting.catch(() => undefined); // whoever takes it starts anew, and says why that fails
    this.#spare = { key: JSON.stringify(limits), waiting };
    this.#timer = setTimeout(() => {
      void this.close();
    }, SPARE_MS);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const spare = this.#spare;
    this.#spare = undefined;
    await spare?.waiting.then(discard, () => undefined);
  }

  async #start(limits: Limits): Promise<WaitingCage> {
    const group = this.#groups?.open(limits);
    let process_: Prepared | undefined;
    try {
      const [file = this.#program, ...args] = [
        ...(group?.prefix ?? []),
        ...this.#around,
        // Without its options it must have nothing to say: whoever would hear it may be gone.
        ...[this.#program, '--args', String(DESCRIPTORS.options), '--', ...STARTER],
      ];
      const environment = group?.environment ?? {};
      process_ = await prepareProcess({ file, args, cwd: '/', environment }, [0, 2, 3, 4, 5, 6]);
      // It waits for its options: whatever it starts is born into the group.
      await group?.admit(process_.pid);
      return { process: process_, group };
    } catch (error) {
      process_?.kill();
      await group?.close();
      throw error;
    }
  }
}

async function discard({ process: waiting, group }: WaitingCage): Promise<void> {
  waiting.kill();
  await group?.close();
}
