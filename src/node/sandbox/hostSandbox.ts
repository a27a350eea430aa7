import type {
  BrokenOff,
  FolderRules,
  Limits,
  OpenSandbox,
  Sandbox,
  SandboxResult,
  SandboxSpec,
  SandboxStatus,
} from '../../core/sandbox/port.ts';
import { isInside } from '../../core/scope/spelling.ts';
import type { OwnFolders } from '../folders.ts';
import { finishBrokenOff } from './brokenOff.ts';
import { ChangingCommands } from './changingCommand.ts';
import { AroundCommands } from './aroundCommands.ts';
import type { CommandCall } from './commandCall.ts';
import { cageEnvironment } from './environment.ts';
import { KeptSurveys } from './keptSurvey.ts';
import { gitOfPerson } from './gitOfPerson.ts';
import { heldLimits } from './limits.ts';
import { FolderModes } from './folderModes.ts';
import { runLooking } from './lookingCommand.ts';
import { LooksAfter } from './looksAfter.ts';
import { MachineHere } from './machineHere.ts';
import { OutsideLinks } from './outsideLinks.ts';
import { Placeholders } from './placeholders.ts';
import type { Machine } from './proof.ts';
import { RunScratch, type Lent } from './runScratch.ts';
import { toolchains, type Toolchain } from './toolchains.ts';

/** Linux's host sandbox: bubblewrap with a profile of its own (see core/sandbox/bubblewrap.ts). */
export class HostSandbox implements OpenSandbox {
  readonly hasScratch = true;
  readonly #folders: OwnFolders;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #never: readonly string[];
  readonly #roots: readonly string[];
  readonly #placeholders: Placeholders;
  readonly #kept: KeptSurveys;
  readonly #modes: FolderModes;
  readonly #links = new OutsideLinks();
  readonly #looksAfter: LooksAfter;
  readonly #machine: MachineHere;
  readonly #scratch: RunScratch;
  readonly #around: AroundCommands;
  readonly #changing: ChangingCommands;
  /** The run that is at work. */
  #run: string | undefined;

  /** `never`: folders that no toolchain mount may contain or lie in (workspaces, Oversign's own). */
  constructor(
    folders: OwnFolders,
    environment: NodeJS.ProcessEnv,
    never: readonly string[],
    looksAfter = new LooksAfter(),
  ) {
    this.#looksAfter = looksAfter;
    this.#folders = folders;
    this.#environment = environment;
    this.#roots = never;
    this.#never = [...never, folders.data, folders.config];
    this.#placeholders = new Placeholders(folders.data);
    this.#kept = new KeptSurveys(folders.data);
    this.#modes = new FolderModes(folders.data);
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
  }

  async status(limits: Limits): Promise<SandboxStatus> {
    const machine = await this.#machine.ready();
    if ('works' in machine) return machine;
    return {
      works: true,
      name: 'bubblewrap',
      words:
        'bubblewrap: no network; of your files only the workspace, the toolchains on PATH and the packages that projects lean on are there, and only the workspace can be changed.',
      limits: heldLimits({ limits }, machine.machinery.groups?.name),
      probes: machine.probes,
    };
  }

  beside(folders: readonly string[], repositoryAbove: boolean): Promise<string[]> {
    return this.#around.words(folders, repositoryAbove);
  }

  environment(variables: readonly string[]): Promise<Record<string, string>> {
    return Promise.resolve(cageEnvironment(this.#environment, variables, this.#toolchains(), this.#roots));
  }

  async run(spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult> {
    const machine = await this.#machine.proven();
    let lent: Lent | undefined;
    try {
      await this.#looksAfter.finished(signal);
      const call = await this.#call(machine, spec, signal);
      lent = call.around.lent;
      if (spec.launch.workspace === 'read-only') return await runLooking(call);
      const result = await this.#changing.run(call);
      const late = this.#looksAfter.late();
      return {
        ...result,
        quarantined: [...late.quarantined, ...result.quarantined],
        notes: [...late.notes, ...result.notes],
      };
    } finally {
      lent?.giveBack();
      machine.machinery.starter.ended(spec.limits);
    }
  }

  /** Stand-ins in workspaces, modes of folders, and scratch, that processes which are gone left behind. */
  async recover(): Promise<void> {
    await this.#scratch.recover();
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
      await endScratch();
      await letGo();
      await this.#machine.endWaiting();
    };
  }

  async finishBrokenOff(rules: () => Promise<FolderRules>): Promise<BrokenOff[]> {
    const { data } = this.#folders;
    return finishBrokenOff({ kept: this.#kept, placeholders: this.#placeholders, dataFolder: data }, rules);
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

  async #call(machine: Machine, spec: SandboxSpec, signal: AbortSignal): Promise<CommandCall> {
    const [folders, environment, links] = [this.#folders, this.#environment, this.#links];
    const folder = spec.folders.find((one) => isInside(one, spec.launch.cwd)) ?? spec.launch.cwd;
    const isDenied = (path: string): boolean => spec.isDenied(path);
    const etc = await gitOfPerson(folders.data, { home: folders.home, environment, folder, isDenied });
    const around = await this.#around.find(spec, machine.base);
    return { machine, spec, signal, folders, environment, links, around, etc };
  }

  #toolchains(): Toolchain[] {
    return toolchains(this.#environment['PATH'] ?? '', this.#folders.home, this.#never);
  }
}
