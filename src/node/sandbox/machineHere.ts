import { statSync } from 'node:fs';
import { Failure } from '../../core/outcome.ts';
import type { OwnFolders } from '../folders.ts';
import { findMachine, known, knownOf } from './machine.ts';
import type { Machine, Unproven } from './proof.ts';
import type { Toolchain } from './toolchains.ts';

const TRY_AGAIN_MS = 10_000;

/** What is known of this machine's bubblewrap: proven once; again when it is another one, and some time after it failed. */
export class MachineHere {
  readonly #folders: OwnFolders;
  readonly #toolchains: () => Toolchain[];
  #machine: ReturnType<typeof findMachine> | undefined;
  #program = '';
  #staleAt = Infinity;

  constructor(folders: OwnFolders, toolchains: () => Toolchain[]) {
    this.#folders = folders;
    this.#toolchains = toolchains;
  }

  ready(): Promise<Machine | Unproven> {
    const program = identityOfProgram();
    if (performance.now() > this.#staleAt) this.forget();
    // What other sandboxes of this process found out with the same program holds for this one too.
    else if (program !== this.#program) this.#leave();
    this.#program = program;
    if (this.#machine) return this.#machine;
    this.#staleAt = Infinity;
    const found = findMachine({
      data: this.#folders.data,
      home: this.#folders.home,
      known: knownOf(program),
      toolchains: [...new Set(this.#toolchains().flatMap(({ mounts }) => mounts))],
    });
    this.#machine = found;
    const failed = (): void => {
      if (this.#machine === found) this.#staleAt = performance.now() + TRY_AGAIN_MS;
    };
    found.then((machine) => {
      if ('works' in machine) failed();
    }, failed);
    return found;
  }

  /** The same for a command: throws where it cannot be confined. */
  async proven(): Promise<Machine> {
    const machine = await this.ready();
    if ('works' in machine) throw new Failure(`${machine.cause} ${machine.fix}`);
    return machine;
  }

  /** So that the next look is a fresh one. */
  forget(): void {
    known(true);
    this.#leave();
  }

  /** Ends what waits for the next call. */
  async endWaiting(): Promise<void> {
    const machine = await this.#machine?.catch(() => undefined);
    if (machine && !('works' in machine)) await machine.machinery.starter.close();
  }

  #leave(): void {
    void this.endWaiting();
    this.#machine = undefined;
  }
}

function identityOfProgram(): string {
  const info = statSync('/usr/bin/bwrap', { throwIfNoEntry: false });
  return info ? `${info.dev}:${info.ino}:${info.mtimeMs}` : '';
}
