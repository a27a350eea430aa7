import { setImmediate as breathe, setTimeout as pause } from 'node:timers/promises';
import type { Spawned } from '../process/spawn.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../process/identity.ts';

const MOST_MS = 5_000;

/**
 * The first process of a cage, as it is seen from outside. All others in the cage end with it, and it ends after them
 * (pid_namespaces(7)). bubblewrap's starter does not wait for it, and what binds the two (--die-with-parent) can be
 * undone from inside where nothing forbids it: so it is ended by its number, and waited for.
 */
export class CageInit {
  readonly #child: Spawned;
  #process: ProcessIdentity | undefined;

  constructor(child: Spawned) {
    this.#child = child;
  }

  kill(): void {
    const process_ = this.#find();
    this.#child.kill();
    if (!process_ || !isAlive(process_)) return;
    try {
      process.kill(process_.pid, 'SIGKILL');
    } catch {
      // it ended meanwhile
    }
  }

  /** Notes which process it is, while bubblewrap is still there to have named it. */
  note(): void {
    this.#find();
  }

  /** Its number while it is there. */
  pid(): number | undefined {
    const process_ = this.#find();
    return process_ && isAlive(process_) ? process_.pid : undefined;
  }

  /** Whether nothing of the cage runs any more: it is waited for, but not for ever (a process can hang in the kernel). */
  async gone(): Promise<boolean> {
    const process_ = this.#find();
    if (!process_) return true;
    const began = performance.now();
    for (let turn = 0; isAlive(process_); turn += 1) {
      if (performance.now() - began > MOST_MS) return false;
      if (turn % 50 === 20) this.kill();
      await (turn < 20 ? breathe() : pause(1));
    }
    return true;
  }

  /** bwrap(1), --json-status-fd. */
  #find(): ProcessIdentity | undefined {
    const pid = /"child-pid": *(\d+)/.exec(this.#child.report())?.[1];
    if (pid !== undefined) this.#process ??= identityOf(Number(pid));
    return this.#process?.start === '' ? undefined : this.#process;
  }
}
