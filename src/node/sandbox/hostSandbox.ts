import { statSync } from 'node:fs';
import type { Cage } from '../../core/sandbox/bubblewrap.ts';
import type { Ending, Limits, Sandbox, SandboxResult, SandboxSpec, SandboxStatus } from '../../core/sandbox/port.ts';
import { isInside, parentOf } from '../../core/scope/spelling.ts';
import type { OwnFolders } from '../folders.ts';
import { planWorkspace, type BaseCage } from './cage.ts';
import { CommittedControls } from './committedControls.ts';
import { DeniedWatch } from './deniedWatch.ts';
import { entryAt, identityAt } from './entries.ts';
import { EntryWatch, mostEntries } from './entryWatch.ts';
import { cageEnvironment } from './environment.ts';
import { FolderModes } from './folderModes.ts';
import { gitAround } from './gitAround.ts';
import { commitQuestions } from './commitQuestions.ts';
import { heldLimits } from './limits.ts';
import { findMachine, known, knownOf } from './machine.ts';
import type { Machine, Unproven } from './proof.ts';
import { hiddenElsewhere, type HiddenElsewhere } from './hiddenElsewhere.ts';
import { LooksAfter } from './looksAfter.ts';
import { OutsideLinks } from './outsideLinks.ts';
import { Placeholders } from './placeholders.ts';
import { controlEntries, quarantine } from './quarantine.ts';
import type { Found } from './repositories.ts';
import { runInCage } from './runInCage.ts';
import { survey, topmost, type Survey } from './survey.ts';
import { toolchains, type Toolchain } from './toolchains.ts';
import { Failure } from '../../core/outcome.ts';

interface RunningCall {
  roots: readonly string[];
  before: ReadonlySet<string>;
}

/** Linux's host sandbox: bubblewrap with a profile of its own (see core/sandbox/bubblewrap.ts). */
export class HostSandbox implements Sandbox {
  readonly #folders: OwnFolders;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #never: readonly string[];
  readonly #placeholders: Placeholders;
  readonly #outsideLinks = new OutsideLinks();
  readonly #running = new Set<RunningCall>();
  readonly #looksAfter: LooksAfter;
  readonly #modes = new FolderModes();
  #machine: ReturnType<typeof findMachine> | undefined;
  #program = '';
  #staleAt = Infinity;

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
    this.#never = [...never, folders.data, folders.config];
    this.#placeholders = new Placeholders(folders.data);
  }

  async status(limits: Limits): Promise<SandboxStatus> {
    const machine = await this.#ready();
    if ('works' in machine) return machine;
    return {
      works: true,
      name: 'bubblewrap',
      words:
        'bubblewrap: no network; of your files only the workspace and the toolchains on PATH are there, and only the workspace can be changed.',
      limits: heldLimits({ limits }, machine.machinery.groups?.name),
      probes: machine.probes,
    };
  }

  /** Forgets what it knows of this machine, so that the next look is a fresh one. */
  forget(): void {
    known(true);
    this.#leaveMachine();
  }

  #leaveMachine(): void {
    void this.#endWaiting();
    this.#machine = undefined;
  }

  /** Ends what waits for the next call, once what commands left is looked through. */
  async close(): Promise<void> {
    await this.#looksAfter.over();
    await this.#endWaiting();
  }

  async #endWaiting(): Promise<void> {
    const machine = await this.#machine?.catch(() => undefined);
    if (machine && !('works' in machine)) await machine.machinery.starter.close();
  }

  environment(variables: readonly string[]): Promise<Record<string, string>> {
    return Promise.resolve(cageEnvironment(this.#environment, variables, this.#toolchains()));
  }

  async run(spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult> {
    const machine = await this.#ready();
    if ('works' in machine) throw new Failure(`${machine.cause} ${machine.fix}`);
    try {
      await this.#looksAfter.finished(signal);
      if (spec.launch.workspace === 'read-only') return await this.#look(machine, spec, signal);
      const result = await this.#work(machine, spec, signal);
      return { ...result, quarantined: [...this.#looksAfter.late(), ...result.quarantined] };
    } finally {
      machine.machinery.starter.ended(spec.limits);
    }
  }

  async #work(machine: Machine, spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult> {
    const others = [...this.#running];
    await this.#placeholders.look();
    const found = await this.#survey(spec, signal);
    const entries = await this.#ownEntries(found);
    // What another call made counts as new for this one too, or two calls could vouch for each other.
    others.push(...this.#running);
    const call: RunningCall = {
      roots: spec.folders,
      before: new Set(entries.filter((path) => others.every((other) => !madeDuring(other, path)))),
    };
    const isStandIn = (path: string): boolean => this.#placeholders.has(path);
    const committed = await CommittedControls.seen(repositoriesOf(found, isStandIn), (path) => spec.isProtected(path));
    const git = await gitAround(spec, this.#folders, isStandIn);
    const { placeholders, ...workspace } = await planWorkspace(spec.folders, found, {
      ...git,
      exists: (path) => entryAt(path) !== undefined,
      isStandIn,
    });
    this.#running.add(call);
    let isLeft = true;
    try {
      const cover = await this.#placeholders.cover(placeholders, workspace.readOnly);
      const { standIns } = cover;
      const covered = identities([...standIns]);
      const hiddenFiles = [...workspace.hiddenFiles, ...git.hidden];
      const cage = cageFor(spec, machine.base, { ...workspace, shown: git.shown, hiddenFiles });
      const modes = this.#modes.keep([...workspace.writable, ...workspace.pinned]);
      const restored: string[] = [];
      const result = await this.#watched(machine, cage, spec, found, signal).finally(() => {
        restored.push(...modes.restore());
        return cover.uncover();
      });
      await this.#placeholders.look(); // others may have made some meanwhile
      // A stand-in that is still the same one was out of reach all the time: what is in it is the user's.
      const same = identities([...covered.keys()]);
      const isNew = (path: string): boolean =>
        (!call.before.has(path) || standIns.has(path)) && (!same.has(path) || same.get(path) !== covered.get(path));
      isLeft = false;
      const look = this.#setAside(spec, found, isNew, committed).finally(() => this.#running.delete(call));
      const { quarantined, notes } = await this.#looksAfter.wait(look);
      return { ...result, quarantined, notes: [...git.notes, ...restored, ...notes] };
    } finally {
      if (isLeft) this.#running.delete(call);
    }
  }

  /** Looks at what a command left, and takes away what appeared and would run later. */
  async #setAside(
    spec: SandboxSpec,
    found: Survey,
    isNew: (path: string) => boolean,
    committed: CommittedControls,
  ): Promise<string[]> {
    const closedBefore = new Set(found.closedFolders);
    const left = await survey(spec.folders, spec, { closedBefore, deniedBefore: new Set(found.deniedFolders) });
    // What cannot be looked into although it was opened may hold anything: it goes as a whole.
    const after = [...(await this.#ownEntries(left)), ...left.closedFolders.filter((path) => !closedBefore.has(path))];
    const taken = after.filter(isNew);
    return [
      ...(await quarantine(taken, this.#folders.data)),
      ...(await committed.putBack(commitQuestions(this.#duringLook(), spec), this.#folders.data, taken)),
    ];
  }

  /** A command that only looks: nothing in the workspace can change, so nothing has to be covered or looked after. */
  async #look(machine: Machine, spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult> {
    const found = await this.#survey(spec, signal);
    const git = await gitAround(spec, this.#folders, () => false);
    const cage = cageFor(spec, machine.base, {
      writable: [],
      shown: [...topmost(spec.folders), ...git.shown],
      pinned: [],
      readOnly: [],
      hiddenFiles: [...found.deniedFiles, ...found.specials, ...git.hidden],
      hiddenFolders: [...found.deniedFolders, ...found.closedFolders],
    });
    return { ...(await this.#watched(machine, cage, spec, found, signal)), notes: git.notes };
  }

  /** Runs it, and ends it when something denied appears in the workspace or is replaced there. */
  async #watched(
    { machinery }: Machine,
    cage: Cage,
    spec: SandboxSpec,
    found: Survey,
    signal: AbortSignal,
  ): Promise<SandboxResult> {
    const paths = [...found.deniedFiles, ...found.deniedFolders, ...cage.readOnly];
    const entries =
      cage.writable.length > 0
        ? new EntryWatch(
            {
              folders: cage.writable,
              without: [...found.deniedFolders, ...found.closedFolders],
              before: found.entries,
            },
            mostEntries(spec.limits.diskBytes),
          )
        : undefined;
    if (!spec.deniesInside && paths.length === 0) return runInCage(machinery, cage, spec, signal, { entries });
    let end: ((why: Ending) => void) | undefined;
    let seen: string | undefined;
    const watch = new DeniedWatch(
      {
        paths,
        folders: spec.deniesInside ? found.folders : [],
        isDenied: (path) => spec.isDenied(path),
      },
      (path) => {
        seen = seenWords(path);
        end?.({ kind: 'violation', what: seen });
      },
    );
    try {
      const result = await runInCage(machinery, cage, spec, signal, {
        entries,
        onStart: (stop) => {
          end = stop;
        },
        atGate: () => {
          const path = watch.replaced();
          if (path !== undefined) seen ??= seenWords(path);
          return seen;
        },
      });
      // What appeared may be in there.
      return seen === undefined ? result : { ...result, output: '' };
    } finally {
      watch.close();
    }
  }

  /** This sandbox for a question that is part of a look after a command: it does not wait for that look. */
  #duringLook(): Sandbox {
    return {
      status: (limits) => this.status(limits),
      environment: (variables) => this.environment(variables),
      run: async (spec, signal) => {
        const machine = await this.#ready();
        if ('works' in machine) throw new Failure(`${machine.cause} ${machine.fix}`);
        return this.#look(machine, spec, signal).finally(() => {
          machine.machinery.starter.ended(spec.limits);
        });
      },
    };
  }

  async #survey(spec: SandboxSpec, signal: AbortSignal): Promise<Survey> {
    const links = await this.#outsideLinks.find(spec.deniedOutside, spec.folders);
    const rules = {
      signal,
      isHidden: spec.isHidden.bind(spec),
      isProtected: spec.isProtected.bind(spec),
      hidesStores: spec.hidesStores === true,
    };
    return survey(spec.folders, rules, 'before', links);
  }

  /** The entries that decide what runs later, without the stand-ins of running calls. */
  async #ownEntries(found: Survey): Promise<string[]> {
    return (await controlEntries(found)).filter((path) => !this.#placeholders.has(path));
  }

  async recover(): Promise<void> {
    await this.#placeholders.recover();
  }

  #toolchains(): Toolchain[] {
    return toolchains(this.#environment['PATH'] ?? '', this.#folders.home, this.#never);
  }

  /** Proven once; again when bubblewrap is another one, and some time after it failed. */
  #ready(): Promise<Machine | Unproven> {
    const program = identityOfProgram();
    if (performance.now() > this.#staleAt) this.forget();
    // What other sandboxes of this process found out with the same program holds for this one too.
    else if (program !== this.#program) this.#leaveMachine();
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
}

function repositoriesOf(found: Survey, isStandIn: (path: string) => boolean): Found[] {
  return found.gitFolders
    .filter((gitFolder) => !isStandIn(gitFolder))
    .map((gitFolder) => ({ gitFolder, worktree: parentOf(gitFolder) }));
}

const TRY_AGAIN_MS = 10_000;

function identityOfProgram(): string {
  const info = statSync('/usr/bin/bwrap', { throwIfNoEntry: false });
  return info ? `${info.dev}:${info.ino}:${info.mtimeMs}` : '';
}

function seenWords(path: string): string {
  return `${path}, which is hidden from commands or protected, appeared or was replaced while the command ran; its output is left out. Look at it, and run the command again`;
}

type WorkspaceMounts = Pick<Cage, 'writable' | 'shown' | 'pinned' | 'readOnly' | 'hiddenFiles' | 'hiddenFolders'>;

function cageFor(spec: SandboxSpec, base: BaseCage, workspace: WorkspaceMounts): Cage {
  const elsewhere: HiddenElsewhere = hiddenElsewhere(base, spec);
  return {
    ...base,
    ...workspace,
    toolchains: elsewhere.toolchains,
    hiddenFiles: [...workspace.hiddenFiles, ...elsewhere.files],
    hiddenFolders: [...workspace.hiddenFolders, ...elsewhere.folders],
    temporaryBytes: spec.limits.diskBytes,
    environment: spec.launch.environment,
    cwd: spec.launch.cwd,
  };
}

function madeDuring(call: RunningCall, path: string): boolean {
  return call.roots.some((root) => isInside(root, path)) && !call.before.has(path);
}

/** Which file system object is at each path, where there is one. */
function identities(paths: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const identity = identityAt(path);
    if (identity !== undefined) found.set(path, identity);
  }
  return found;
}
