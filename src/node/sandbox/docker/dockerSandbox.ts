import { join } from 'node:path';
import { Failure } from '../../../core/outcome.ts';
import type {
  Beside,
  BrokenOff,
  Limits,
  LookedFor,
  Obstacles,
  OpenSandbox,
  Sandbox,
  SandboxResult,
  SandboxSpec,
  SandboxStatus,
} from '../../../core/sandbox/port.ts';
import { isInside } from '../../../core/scope/spelling.ts';
import type { OwnFolders } from '../../folders.ts';
import { AroundCommands } from '../aroundCommands.ts';
import { ChangingCommands } from '../changingCommand.ts';
import type { CommandCall } from '../commandCall.ts';
import { refuseView } from '../effects/refuseView.ts';
import { cageEnvironment } from '../environment.ts';
import { FolderModes } from '../folderModes.ts';
import { gitOfPerson } from '../gitOfPerson.ts';
import { KeptSurveys } from '../keptSurvey.ts';
import { KnownFolders } from '../knownFolders/knownFolders.ts';
import { heldLimits } from '../limits.ts';
import { runLooking } from '../lookingCommand.ts';
import { LooksAfter } from '../looksAfter.ts';
import { obstaclesIn } from '../obstacles.ts';
import { OutsideLinks } from '../outsideLinks.ts';
import { Placeholders } from '../placeholders.ts';
import type { Unproven } from '../proof.ts';
import { refuseUnheld } from '../refuseUnheld.ts';
import { RunScratch } from '../runScratch.ts';
import { toolchains, type Toolchain } from '../toolchains.ts';
import { sweepClaims } from './claim.ts';
import { findDocker, type DockerMachine } from './machine.ts';
import { wantedIn } from '../wantedIn.ts';

const TRY_AGAIN_MS = 10_000;

/** Containers of an engine on this machine, with the cage that commands have in the host sandbox, drawn by the same plan. */
export class DockerSandbox implements OpenSandbox {
  readonly holds = true;
  readonly #folders: OwnFolders;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #roots: readonly string[];
  readonly #never: readonly string[];
  readonly #placeholders: Placeholders;
  readonly #modes: FolderModes;
  readonly #links = new OutsideLinks();
  readonly #known: KnownFolders;
  readonly #looksAfter = new LooksAfter();
  readonly #around: AroundCommands;
  readonly #changing: ChangingCommands;
  #machine: Promise<DockerMachine | Unproven> | undefined;
  #staleAt = Infinity;
  #run: string | undefined;
  #runs = 0;

  /** `never`: folders that no toolchain mount may contain or lie in (workspaces, Oversign's own). */
  constructor(folders: OwnFolders, environment: NodeJS.ProcessEnv, never: readonly string[]) {
    this.#folders = folders;
    this.#environment = environment;
    this.#roots = never;
    this.#never = [...never, folders.data, folders.config];
    this.#placeholders = new Placeholders(folders.data);
    this.#modes = new FolderModes(folders.data);
    this.#known = new KnownFolders(folders.data);
    // Never lent: /tmp and the home folder are in the container's memory.
    const scratch = new RunScratch(folders.data);
    this.#around = new AroundCommands({ folders, environment, never: this.#never, scratch });
    this.#changing = new ChangingCommands({
      placeholders: this.#placeholders,
      kept: new KeptSurveys(folders.data),
      run: () => this.#run,
      modes: this.#modes,
      looksAfter: this.#looksAfter,
      asking: this.#duringLook(),
    });
  }

  async status(limits: Limits): Promise<SandboxStatus> {
    const machine = await this.#ready();
    if ('works' in machine) return machine;
    const { engine } = machine;
    return {
      works: true,
      name: 'Docker',
      words: `${engine.version} (context ${engine.context}): a container without network; of your files only the workspace, the toolchains on PATH and the packages that projects lean on are there, and only the workspace can be changed. /tmp and ~ are in memory. It can make programs in the workspace that run as their owner.`,
      limits: heldLimits({ limits }, 'Docker'),
      probes: machine.probes,
    };
  }

  beside(folders: readonly string[], repositoryAbove: boolean): Promise<Beside> {
    return this.#around.beside(folders, repositoryAbove);
  }

  async obstacles(spec: SandboxSpec, signal: AbortSignal): Promise<Obstacles> {
    const machine = await this.#ready();
    if ('works' in machine) return { words: [] };
    return obstaclesIn({
      ...{ spec, signal, base: machine.base, folders: this.#folders, environment: this.#environment },
      ...{ links: this.#links, known: this.#known, isStandIn: (path) => this.#placeholders.has(path) },
    });
  }

  knownIn(what: LookedFor, signal: AbortSignal): Promise<string[] | undefined> {
    return wantedIn(this.#known, what, { signal, isStandIn: (path) => this.isStandIn(path) });
  }

  environment(variables: readonly string[]): Promise<Record<string, string>> {
    const environment = cageEnvironment(this.#environment, variables, this.#toolchains(), this.#roots);
    return Promise.resolve({ ...this.#around.variables(this.#roots), ...environment });
  }

  async run(spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult> {
    refuseView(spec);
    refuseUnheld(spec, true);
    const machine = await this.#proven();
    await this.#looksAfter.finished(signal);
    const call = await this.#call(machine, spec, signal);
    if (spec.launch.workspace === 'read-only') return runLooking(call);
    const result = await this.#changing.run(call);
    const late = this.#looksAfter.late();
    return {
      ...result,
      quarantined: [...late.quarantined, ...result.quarantined],
      notes: [...late.notes, ...result.notes],
    };
  }

  /** Containers of processes that are gone; then what those left in workspaces. */
  async recover(): Promise<void> {
    await sweepClaims(join(this.#folders.data, 'docker'));
    await this.#modes.recover();
    await this.#placeholders.recover();
  }

  async begin(run?: string): Promise<() => Promise<void>> {
    await this.recover();
    this.#run = run;
    this.#runs += 1;
    const letGo = this.#placeholders.hold();
    return async () => {
      this.#runs -= 1;
      this.#run = undefined;
      if (this.#runs === 0) await this.#endContainers();
      await letGo();
    };
  }

  /** What commands left that were broken off is written down as the host sandbox does, and told by that. */
  finishBrokenOff(): Promise<BrokenOff[]> {
    return Promise.resolve([]);
  }

  brokenOffElsewhere(): string[] {
    return [];
  }

  isStandIn(path: string): boolean {
    return this.#placeholders.isHeld(path);
  }

  forget(): void {
    void this.#endContainers();
    this.#machine = undefined;
  }

  async close(): Promise<void> {
    await this.#looksAfter.over();
    await this.#endContainers();
    await this.#known.close();
  }

  #duringLook(): Sandbox {
    return {
      status: (limits) => this.status(limits),
      environment: (variables) => this.environment(variables),
      run: async (spec, signal) => runLooking(await this.#call(await this.#proven(), spec, signal)),
    };
  }

  /** Proven once; again some time after it failed. */
  #ready(): Promise<DockerMachine | Unproven> {
    if (performance.now() > this.#staleAt) this.#machine = undefined;
    if (this.#machine) return this.#machine;
    this.#staleAt = Infinity;
    const chains = [...new Set(this.#toolchains().flatMap(({ mounts }) => mounts))];
    const found = findDocker(this.#folders, this.#environment, chains);
    this.#machine = found;
    const failed = (): void => {
      if (this.#machine === found) this.#staleAt = performance.now() + TRY_AGAIN_MS;
    };
    found.then((machine) => {
      if ('works' in machine) failed();
    }, failed);
    return found;
  }

  async #proven(): Promise<DockerMachine> {
    const machine = await this.#ready();
    if ('works' in machine) throw new Failure(`${machine.cause} ${machine.fix}`);
    if (this.#runs > 0) machine.containers.keep();
    return machine;
  }

  async #endContainers(): Promise<void> {
    const machine = await this.#machine?.catch(() => undefined);
    if (machine && !('works' in machine)) await machine.containers.endAll();
  }

  async #call(machine: DockerMachine, spec: SandboxSpec, signal: AbortSignal): Promise<CommandCall> {
    const [folders, environment, links, known] = [this.#folders, this.#environment, this.#links, this.#known];
    const folder = spec.folders.find((one) => isInside(one, spec.launch.cwd)) ?? spec.launch.cwd;
    const isDenied = (path: string): boolean => spec.isDenied(path);
    const etc = await gitOfPerson(folders.data, { home: folders.home, environment, folder, isDenied });
    const around = await this.#around.find(spec, machine.base);
    return {
      base: machine.base,
      cages: machine.containers,
      spec,
      signal,
      folders,
      environment,
      links,
      known,
      around,
      etc,
    };
  }

  #toolchains(): Toolchain[] {
    return toolchains(this.#environment, this.#folders.home, this.#never);
  }
}
