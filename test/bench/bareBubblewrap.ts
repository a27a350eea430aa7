import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cage } from '../../src/core/sandbox/bubblewrap.ts';
import type { SandboxSpec } from '../../src/core/sandbox/port.ts';
import { startProcess } from '../../src/node/process/spawn.ts';
import { emptyCage, planWorkspace } from '../../src/node/sandbox/cage.ts';
import { entryAt } from '../../src/node/sandbox/entries.ts';
import { findMachine, known } from '../../src/node/sandbox/machine.ts';
import type { Machine } from '../../src/node/sandbox/proof.ts';
import { Placeholders, type Cover } from '../../src/node/sandbox/placeholders.ts';
import { optionBytes } from '../../src/node/sandbox/runInCage.ts';
import { survey } from '../../src/node/sandbox/survey.ts';
import { toolchains } from '../../src/node/sandbox/toolchains.ts';
import type { Caged } from '../support/sandboxRun.ts';

/** bubblewrap as it is: the mounts are there already, nothing looks at the workspace, holds limits, or watches. */
export class Bare {
  readonly #base: string;
  readonly #machine: Machine;
  readonly #covers: Cover[] = [];

  private constructor(base: string, machine: Machine) {
    this.#base = base;
    this.#machine = machine;
  }

  static async prepare(base: string): Promise<Bare> {
    const data = await mkdtemp(join(base, 'bare-'));
    const home = join(base, 'home');
    const found = toolchains(process.env, home, [base]).flatMap(({ mounts }) => mounts);
    const machine = await findMachine({ data, home, toolchains: [...new Set(found)], known: known() });
    if ('works' in machine) throw new Error(machine.cause);
    return new Bare(base, machine);
  }

  /** The mounts of a command that may write in a workspace, with the stand-ins that it takes; they stay until `end`. */
  async mountsOf(workspace: Caged): Promise<Partial<Cage>> {
    const { folder } = workspace;
    const found = await survey([folder], await workspace.spec([]), 'before');
    const {
      placeholders,
      heldLinks: _none,
      ...mounts
    } = await planWorkspace([folder], found, {
      exists: (path) => entryAt(path) !== undefined,
      isStandIn: () => false,
      canBeMade: () => true,
      targets: () => Promise.resolve({ readOnly: [], placeholders: [], links: [], absent: [] }),
      outside: [],
    });
    this.#covers.push(await new Placeholders(join(this.#base, 'covers')).cover(placeholders, []));
    return mounts;
  }

  start(mounts: Partial<Cage>, { launch, limits }: SandboxSpec): () => Promise<void> {
    const { filter } = this.#machine.machinery;
    const cage: Cage = {
      ...emptyCage(this.#machine.base),
      environment: launch.environment,
      cwd: '/',
      temporaryBytes: limits.diskBytes,
      ...mounts,
    };
    return async () => {
      const child = await startProcess({
        file: '/usr/bin/bwrap',
        args: ['--args', '3', '--', ...launch.argv],
        cwd: '/',
        environment: {},
        onDescriptor3: optionBytes(cage),
        readDescriptor4: true,
        onDescriptor6: filter,
        outputCap: 1000,
      });
      const { code, output } = await child.ended;
      if (code !== 0) throw new Error(`bwrap: ${output.toString()}`);
    };
  }

  async end(): Promise<void> {
    for (const cover of this.#covers) await cover.uncover();
  }
}
