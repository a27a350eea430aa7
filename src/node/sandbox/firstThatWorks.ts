import type { DryRuns } from '../../core/sandbox/port.ts';
import type {
  Beside,
  Limits,
  LookedFor,
  Obstacles,
  Sandbox,
  SandboxResult,
  SandboxSpec,
  SandboxStatus,
} from '../../core/sandbox/port.ts';

/** Whether a backend works does not depend on these. */
const SOME: Limits = { memoryBytes: 1 << 30, cpuSeconds: 60, diskBytes: 1 << 30, processes: 64 };

/**
 * Several backends, of which the first that works here is used from then on. One that fails later is no reason to take
 * another one: what was shown of the sandbox must stay true.
 */
export class FirstThatWorks implements Sandbox {
  readonly #backends: readonly [Sandbox, ...Sandbox[]];
  #found: Sandbox | undefined;

  constructor(backends: readonly [Sandbox, ...Sandbox[]]) {
    this.#backends = backends;
  }

  get hasScratch(): boolean {
    return this.#expected.hasScratch === true;
  }

  get holds(): boolean {
    return this.#expected.holds === true;
  }

  get hasDoor(): boolean {
    return this.#expected.hasDoor === true;
  }

  get dryRuns(): DryRuns | undefined {
    return this.#expected.dryRuns;
  }

  async status(limits: Limits): Promise<SandboxStatus> {
    return (await this.#first()).status(limits);
  }

  async beside(folders: readonly string[], repositoryAbove: boolean): Promise<Beside> {
    return (await (await this.#first()).beside?.(folders, repositoryAbove)) ?? { words: [], lookedAt: [] };
  }

  async knownIn(what: LookedFor, signal: AbortSignal): Promise<readonly string[] | undefined> {
    return (await this.#first()).knownIn?.(what, signal);
  }

  async obstacles(spec: SandboxSpec, signal: AbortSignal): Promise<Obstacles> {
    return (await (await this.#first()).obstacles?.(spec, signal)) ?? { words: [] };
  }

  async environment(variables: readonly string[]): Promise<Record<string, string>> {
    return (await this.#first()).environment(variables);
  }

  async run(spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult> {
    return (await this.#first()).run(spec, signal);
  }

  async isPlainScratch(names: readonly string[]): Promise<boolean> {
    return (await (await this.#first()).isPlainScratch?.(names)) ?? false;
  }

  /** Until one is found the preferred one: another one refuses what it does not have. */
  get #expected(): Sandbox {
    return this.#found ?? this.#backends[0];
  }

  /** Where none works it is the first, which says why; all of them are asked again the next time. */
  async #first(): Promise<Sandbox> {
    for (const backend of this.#backends) {
      if (this.#found) break;
      if ((await backend.status(SOME)).works) this.#found ??= backend;
    }
    return this.#found ?? this.#backends[0];
  }
}
