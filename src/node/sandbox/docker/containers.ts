import { join } from 'node:path';
import type { Cage } from '../../../core/sandbox/bubblewrap.ts';
import { containerMounts, type ContainerMount } from '../../../core/sandbox/container.ts';
import { firstPaths } from '../../../core/sandbox/remarks.ts';
import type { SandboxResult, SandboxSpec } from '../../../core/sandbox/port.ts';
import { Failure, ToolFailure } from '../../../core/outcome.ts';
import { identityAt } from '../entries.ts';
import { heldLimits } from '../limits.ts';
import type { CageHooks, Cages } from '../runInCage.ts';
import { openClaim, type Claim } from './claim.ts';
import { startContainer, type Container } from './container.ts';
import { lastLine, type Engine } from './engine.ts';
import { emptyImage } from './image.ts';
import { runInContainer } from './runInContainer.ts';
import { withSubmounts } from './submounts.ts';

/** One for commands that only look, and one for the others, each for two states of the workspace. */
const MOST_KEPT = 4;

/**
 * Runs commands in containers. While a run goes on one stays for the next command that is to have the very same cage:
 * the same mounts of the same files, the same limits. Anything else gets a new one.
 */
export class Containers implements Cages {
  readonly #engine: Engine;
  readonly #root: string;
  readonly #user: string;
  readonly #links: Cage['links'];
  readonly #idle = new Map<string, Container>();
  #claim: Promise<{ claim: Claim; image: string }> | undefined;
  #atWork = 0;
  #isKeeping = false;

  /** `dataFolder`: where it is said which containers are whose. */
  constructor(engine: Engine, dataFolder: string, { user, links }: { user: string; links: Cage['links'] }) {
    this.#engine = engine;
    this.#root = join(dataFolder, 'docker');
    this.#user = user;
    this.#links = links;
  }

  /** From now on containers stay for the next command, until `endAll`. */
  keep(): void {
    this.#isKeeping = true;
  }

  /** Takes away all that no command is in, and with the last of them the image. */
  async endAll(): Promise<void> {
    this.#isKeeping = false;
    const idle = [...this.#idle.values()];
    this.#idle.clear();
    await Promise.all(idle.map((one) => one.remove()));
    await this.#letGo();
  }

  readonly run = async (
    cage: Cage,
    spec: SandboxSpec,
    signal: AbortSignal,
    hooks: CageHooks = {},
  ): Promise<SandboxResult> => {
    if (cage.network.kind !== 'none' || hooks.door)
      throw new ToolFailure('commands in a container have no network in this version');
    if (signal.aborted) return notBegun(spec);
    const mounts = withSubmounts(containerMounts(cage));
    refuseNames(mounts);
    const key = keyOf(mounts, spec);
    this.#atWork += 1;
    try {
      const kept = this.#idle.get(key);
      this.#idle.delete(key);
      const container = kept?.isUp === true ? kept : await this.#started(cage, mounts, spec);
      try {
        if (isAborted(signal)) return notBegun(spec);
        const { environment, cwd } = cage;
        return await runInContainer(container, { spec, environment, cwd }, signal, hooks);
      } finally {
        await this.#keepOrEnd(key, container);
      }
    } finally {
      this.#atWork -= 1;
      if (!this.#isKeeping) await this.#letGo();
    }
  };

  async #started(cage: Cage, mounts: readonly ContainerMount[], { limits }: SandboxSpec): Promise<Container> {
    const { claim, image } = await this.#claimed(cage);
    try {
      const { alone } = this.#engine;
      return await startContainer(claim, { cage, limits, mounts, image, user: this.#user, alone });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'E2BIG')
        throw new ToolFailure(
          'so many files are hidden or protected that they cannot all be told to Docker; deny folders instead of single files',
          { cause: error },
        );
      throw error;
    }
  }

  async #keepOrEnd(key: string, container: Container): Promise<void> {
    if (!container.isUp || !this.#isKeeping || this.#idle.has(key)) {
      await container.remove();
      return;
    }
    this.#idle.set(key, container);
    const [oldest] = this.#idle;
    if (this.#idle.size <= MOST_KEPT || oldest === undefined) return;
    this.#idle.delete(oldest[0]);
    await oldest[1].remove();
  }

  /** Before the first container it is said whose it is, and there is an image to start it from. */
  #claimed(cage: Cage): Promise<{ claim: Claim; image: string }> {
    this.#claim ??= (async () => {
      const claim = await openClaim(this.#root, this.#engine);
      const { name, archive } = emptyImage(this.#links, cage.home);
      const labels = Object.entries(claim.labels).map(([label, value]) => `LABEL ${label}=${value}`);
      const image = `${name}-${claim.name.slice(0, 8)}`;
      const changes = labels.flatMap((label) => ['--change', label]);
      const { code, words } = await claim.client.ask(['import', ...changes, '-', image], { input: archive });
      if (code === 0) return { claim, image };
      await claim.end();
      throw new Failure(`Docker took no image: ${lastLine(words)}`);
    })();
    const mine = this.#claim;
    mine.catch(() => {
      if (this.#claim === mine) this.#claim = undefined;
    });
    return mine;
  }

  async #letGo(): Promise<void> {
    const mine = this.#claim;
    if (this.#atWork > 0 || this.#idle.size > 0 || !mine) return;
    this.#claim = undefined;
    await mine.then(
      ({ claim }) => claim.end(),
      () => undefined,
    );
  }
}

/** Which file system objects are covered and shown counts: a mount stays with what it was made of. */
function keyOf(mounts: readonly ContainerMount[], { limits }: SandboxSpec): string {
  return JSON.stringify([
    limits,
    mounts.map((mount) => {
      switch (mount.kind) {
        case 'bind':
          return [mount, identityAt(mount.source), identityAt(mount.path)];
        case 'closed':
          return [mount, identityAt(mount.path)];
        case 'memory':
          return mount;
      }
    }),
  ]);
}

function refuseNames(mounts: readonly ContainerMount[]): void {
  const wrong = mounts.filter(({ path }) => !path.isWellFormed()).map(({ path }) => path.toWellFormed());
  if (wrong.length > 0)
    throw new ToolFailure(`${firstPaths(wrong)}: a name that is no text cannot be told to Docker; rename it`);
}

function notBegun(spec: SandboxSpec): SandboxResult {
  return {
    ending: { kind: 'stopped' },
    output: '',
    outputBytes: 0,
    durationMs: 0,
    use: { cpuSeconds: 0, memoryBytes: 0, diskBytes: 0, processes: 0 },
    limits: heldLimits(spec, 'Docker'),
    quarantined: [],
    notes: [],
  };
}

/** Asked anew each time: the compiler believes that a signal once seen unset stays so. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
