import type {
  Beside,
  BrokenOff,
  FolderRules,
  Limits,
  LookedFor,
  Obstacles,
  OpenSandbox,
  Sandbox,
  SandboxResult,
  SandboxSpec,
  SandboxStatus,
} from '../../core/sandbox/port.ts';
import { bySystem, type LookUp } from '../egress/judgedAddress.ts';
import type { DryRuns, Means } from '../../core/sandbox/port.ts';
import { isInside } from '../../core/scope/spelling.ts';
import type { OwnFolders } from '../folders.ts';
import { finishBrokenOff } from './brokenOff.ts';
import { ChangingCommands } from './changingCommand.ts';
import { AroundCommands } from './aroundCommands.ts';
import type { CommandCall } from './commandCall.ts';
import { DryRunsHere } from './effects/dryRunsHere.ts';
import { refuseView } from './effects/refuseView.ts';
import { refuseUnheld } from './refuseUnheld.ts';
import { ViewFolders } from './effects/viewFolders.ts';
import { cageEnvironment } from './environment.ts';
import { KnownFolders } from './knownFolders/knownFolders.ts';
import { KeptSurveys } from './keptSurvey.ts';
import { gitOfPerson } from './gitOfPerson.ts';
import { heldLimits } from './limits.ts';
import { FolderModes } from './folderModes.ts';
import { runLooking } from './lookingCommand.ts';
import { LooksAfter } from './looksAfter.ts';
import { MachineHere } from './machineHere.ts';
import { DoorNamespace } from './network/doorNamespace.ts';
import { Doors, type CommandDoor } from './network/doors.ts';
import { obstaclesIn } from './obstacles.ts';
import { OutsideLinks } from './outsideLinks.ts';
import { pruneIndexes } from './places/keptIndexes.ts';
import { Placeholders } from './placeholders.ts';
import type { Machine } from './proof.ts';
import { bubblewrapCages } from './runInCage.ts';
import { RunScratch, type Lent } from './runScratch.ts';
import { toolchains, type Toolchain } from './toolchains.ts';
import { wantedIn } from './wantedIn.ts';

/** What is otherwise in tests. */
interface HostOptions {
  looksAfter?: LooksAfter;
  means?: readonly Means[] | undefined;
  /** Who says where names lead that commands want to reach. */
  lookUp?: LookUp | undefined;
}

/** Linux's host sandbox: bubblewrap with a profile of its own (see core/sandbox/bubblewrap.ts). */
export class HostSandbox implements OpenSandbox {
  readonly hasScratch = true;
  readonly holds = true;
  readonly hasDoor = DoorNamespace.whyNot() === undefined;
  readonly dryRuns: DryRuns;
  readonly #folders: OwnFolders;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #never: readonly string[];
  readonly #roots: readonly string[];
  readonly #placeholders: Placeholders;
  readonly #kept: KeptSurveys;
  readonly #modes: FolderModes;
  readonly #links = new OutsideLinks();
  readonly #known: KnownFolders;
  readonly #looksAfter: LooksAfter;
  readonly #machine: MachineHere;
  readonly #scratch: RunScratch;
  readonly #around: AroundCommands;
  readonly #changing: ChangingCommands;
  readonly #views: ViewFolders;
  readonly #doors: Doors;
  /** The run that is at work. */
  #run: string | undefined;
  #obstacles: { key: string; found: Obstacles } | undefined;

  /** `never`: folders that no toolchain mount may contain or lie in (workspaces, Oversign's own). */
  constructor(
    folders: OwnFolders,
    environment: NodeJS.ProcessEnv,
    never: readonly string[],
    { looksAfter = new LooksAfter(), means, lookUp = bySystem }: HostOptions = {},
  ) {
    this.#doors = new Doors(lookUp);
    this.#views = new ViewFolders(folders.data);
    this.#looksAfter = looksAfter;
    this.#folders = folders;
    this.#environment = environment;
    this.#roots = never;
    this.#never = [...never, folders.data, folders.config];
    this.#placeholders = new Placeholders(folders.data);
    this.#kept = new KeptSurveys(folders.data);
    this.#modes = new FolderModes(folders.data);
    this.#known = new KnownFolders(folders.data);
    this.#machine = new MachineHere(folders, () => this.#toolchains());
    this.#scratch = new RunScratch(folders.data);
    this.#around = new AroundCommands({ folders, environment, never: this.#never, scratch: this.#scratch });
    this.#changing = new ChangingCommands({
      placeholders: this.#placeholders,
      kept: this.#kept,
      run: () => this.#run,
      modes: this.#modes,
      looksAfter,
      asking: this.#duringLook(),
    });
    this.dryRuns = new DryRunsHere({
      folders: this.#views,
      standIns: this.#placeholders,
      isBusy: () => this.#changing.isAtWork,
      call: async (spec, signal) => {
        const machine = await this.#machine.proven();
        await this.#looksAfter.finished(signal);
        return this.#call(machine, spec, signal);
      },
      change: (call) => this.#changed(call),
      ...(means && { means }),
    });
  }

  async status(limits: Limits): Promise<SandboxStatus> {
    const machine = await this.#machine.ready();
    if ('works' in machine) return machine;
    return {
      works: true,
      name: 'bubblewrap',
      words:
        'bubblewrap: no host is reached that is not allowed; of your files only the workspace, the toolchains on PATH and the packages that projects lean on are there, and only the workspace can be changed.',
      limits: heldLimits({ limits }, machine.machinery.groups?.name),
      probes: machine.probes,
    };
  }

  beside(folders: readonly string[], repositoryAbove: boolean): Promise<Beside> {
    return this.#around.beside(folders, repositoryAbove);
  }

  /** Looked for once in a run, and again after a command that did not start: each one proves it anew for itself. */
  async obstacles(spec: SandboxSpec, signal: AbortSignal): Promise<Obstacles> {
    const machine = await this.#machine.ready();
    if ('works' in machine) return { words: [] };
    const key = JSON.stringify([this.#run, spec.folders, spec.deniedOutside, spec.hidesStores, spec.deniesInside]);
    if (this.#obstacles?.key === key && this.#run !== undefined) return this.#obstacles.found;
    const found = await obstaclesIn({
      spec,
      signal,
      base: machine.base,
      folders: this.#folders,
      environment: this.#environment,
      links: this.#links,
      known: this.#known,
      isStandIn: (path) => this.#placeholders.has(path),
    });
    this.#obstacles = found.refusal === undefined ? { key, found } : undefined;
    return found;
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
    const machine = await this.#machine.proven();
    let lent: Lent | undefined;
    let door: CommandDoor | undefined;
    try {
      await this.#looksAfter.finished(signal);
      door = await this.#doors.open(spec, signal);
      const call = { ...(await this.#call(machine, spec, signal)), door };
      lent = call.around.lent;
      if (spec.launch.workspace === 'read-only') return await runLooking(call);
      return await this.#changed(call);
    } catch (error) {
      this.#obstacles = undefined;
      throw error;
    } finally {
      door?.close();
      lent?.giveBack();
      machine.machinery.starter.ended(spec.limits);
    }
  }

  /** Stand-ins in workspaces, modes of folders, and scratch, that processes which are gone left behind. */
  async recover(): Promise<void> {
    pruneIndexes(this.#folders.data);
    await this.#scratch.recover();
    await this.#views.recover();
    await this.#modes.recover();
    await this.#placeholders.recover();
  }

  /** Cages come one for each command; what is kept for the next one, and what is covered for all, ends with the run. */
  async begin(run?: string): Promise<() => Promise<void>> {
    await this.recover();
    this.#run = run;
    const letGo = this.#placeholders.hold();
    const endScratch = this.#scratch.hold();
    return async () => {
      this.#run = undefined;
      await this.#doors.close();
      await endScratch();
      await letGo();
      await this.#machine.endWaiting();
    };
  }

  isPlainScratch(names: readonly string[]): Promise<boolean> {
    return this.#scratch.isPlain(names);
  }

  async finishBrokenOff(rules: () => Promise<FolderRules>): Promise<BrokenOff[]> {
    const { data } = this.#folders;
    const [kept, placeholders] = [this.#kept, this.#placeholders];
    return finishBrokenOff({ kept, placeholders, dataFolder: data, asking: this.#duringLook() }, rules);
  }

  brokenOffElsewhere(folders: readonly string[]): string[] {
    return this.#kept
      .brokenOff()
      .flatMap((one) => one.folders)
      .filter((folder) => !folders.some((root) => isInside(root, folder)));
  }

  isStandIn(path: string): boolean {
    return this.#placeholders.isHeld(path);
  }

  forget(): void {
    this.#machine.forget();
  }

  /** Ends what waits for the next call, once what commands left is looked through. */
  async close(): Promise<void> {
    await this.#looksAfter.over();
    await this.#doors.close();
    await this.#known.close();
    await this.#machine.endWaiting();
  }

  /** This sandbox for a question that is part of a look after a command: it does not wait for that look. */
  #duringLook(): Sandbox {
    return {
      status: (limits) => this.status(limits),
      environment: (variables) => this.environment(variables),
      run: async (spec, signal) => {
        const machine = await this.#machine.proven();
        const call = await this.#call(machine, spec, signal);
        return runLooking(call).finally(() => {
          call.around.lent.giveBack();
          machine.machinery.starter.ended(spec.limits);
        });
      },
    };
  }

  async #changed(call: CommandCall): Promise<SandboxResult> {
    const result = await this.#changing.run(call);
    const late = this.#looksAfter.late();
    return {
      ...result,
      quarantined: [...late.quarantined, ...result.quarantined],
      notes: [...late.notes, ...result.notes],
    };
  }

  async #call(machine: Machine, spec: SandboxSpec, signal: AbortSignal): Promise<CommandCall> {
    const [folders, environment, links, known] = [this.#folders, this.#environment, this.#links, this.#known];
    const folder = spec.folders.find((one) => isInside(one, spec.launch.cwd)) ?? spec.launch.cwd;
    const isDenied = (path: string): boolean => spec.isDenied(path);
    const etc = await gitOfPerson(folders.data, { home: folders.home, environment, folder, isDenied });
    const { base, machinery } = machine;
    const around = await this.#around.find(spec, base);
    return { base, cages: bubblewrapCages(machinery), spec, signal, folders, environment, links, known, around, etc };
  }

  #toolchains(): Toolchain[] {
    return toolchains(this.#environment, this.#folders.home, this.#never);
  }
}
