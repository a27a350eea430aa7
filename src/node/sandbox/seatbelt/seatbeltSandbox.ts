import type {
  BrokenOff,
  Ending,
  Limits,
  OpenSandbox,
  Probe,
  SandboxResult,
  SandboxSpec,
  SandboxStatus,
} from '../../../core/sandbox/port.ts';
import type { OwnFolders } from '../../folders.ts';
import { planWorkspace } from '../cage.ts';
import { DeniedWatch } from '../deniedWatch.ts';
import { cageEnvironment } from '../environment.ts';
import { entryAt } from '../entries.ts';
import { OutsideLinks } from '../outsideLinks.ts';
import type { Refusal } from '../probe.ts';
import { survey, topmost, type Survey } from '../survey.ts';
import { toolchains, type Toolchain } from '../toolchains.ts';
import { cagedCommand } from './commandLine.ts';
import { seatbeltConfig, type SeatbeltCage } from './config.ts';
import { gitAround, type Account, type GitAround } from '../gitAround.ts';
import { Newcomers } from './newcomers.ts';
import { macOS, type Machine } from './places.ts';
import { runWrapped } from './runWrapped.ts';
import { Scratch } from './scratch.ts';
import { selfTest } from './selfTest.ts';
import { seatbeltLimits } from './watch.ts';
import { loadWrap, type Wrap } from './wrap.ts';
import { Failure } from '../../../core/outcome.ts';
import { refuseView } from '../effects/refuseView.ts';
import { refuseUnheld } from '../refuseUnheld.ts';

interface Ready {
  wrap: Wrap;
  probes: readonly Probe[];
}

/** What a person should know of it before commands run: the cage, and where it is weaker than the one on Linux. */
const WORDS =
  'Seatbelt (macOS): no network; of your files only the workspace and the toolchains on PATH can be read, and only the workspace can be changed. What a command leaves running in the background is looked for and ended, but can escape that look; the sum of bytes it writes is not limited.';

/** macOS' host sandbox: Seatbelt, with profiles built by `@anthropic-ai/sandbox-runtime`. */
export class SeatbeltSandbox implements OpenSandbox {
  readonly #folders: OwnFolders;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #never: readonly string[];
  readonly #machine: Machine;
  readonly #load: () => Promise<Wrap>;
  readonly #scratch: Scratch;
  readonly #newcomers: Newcomers;
  readonly #outsideLinks = new OutsideLinks();
  #ready: Promise<Ready | Refusal> | undefined;

  /** `never`: folders that no toolchain may contain or lie in (workspaces, Oversign's own). */
  constructor(
    folders: OwnFolders,
    environment: NodeJS.ProcessEnv,
    never: readonly string[],
    machine: Machine = macOS(),
    load = loadWrap,
  ) {
    this.#folders = folders;
    this.#environment = environment;
    this.#never = [...never, folders.data, folders.config];
    this.#machine = machine;
    this.#load = load;
    this.#scratch = new Scratch(machine.temporary);
    this.#newcomers = new Newcomers(folders.data);
  }

  async status(limits: Limits): Promise<SandboxStatus> {
    const ready = await this.#prepared();
    if ('works' in ready) return ready;
    return { works: true, name: 'Seatbelt', words: WORDS, limits: seatbeltLimits(limits), probes: ready.probes };
  }

  isStandIn(): boolean {
    return false;
  }

  forget(): void {
    this.#ready = undefined;
  }

  /** Nothing waits for the next call here. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /** What a command made is kept in memory here, and gone with the process. */
  finishBrokenOff(): Promise<BrokenOff[]> {
    return Promise.resolve([]);
  }

  brokenOffElsewhere(): string[] {
    return [];
  }

  /** Every command has folders and processes of its own. */
  begin(): Promise<() => Promise<void>> {
    return Promise.resolve(() => Promise.resolve());
  }

  /** Nothing is left behind by a crash but an empty home in the folder for temporary files, which macOS clears. */
  recover(): Promise<void> {
    return Promise.resolve();
  }

  environment(variables: readonly string[]): Promise<Record<string, string>> {
    return Promise.resolve({
      ...cageEnvironment(this.#environment, variables, this.#toolchains()),
      HOME: this.#scratch.home,
      TMPDIR: this.#scratch.temporary,
      LANG: 'en_US.UTF-8', // not every macOS has C.UTF-8
    });
  }

  async run(spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult> {
    refuseView(spec);
    refuseUnheld(spec, false);
    const ready = await this.#prepared();
    if ('works' in ready) throw new Failure(`${ready.cause} ${ready.fix}`);
    return this.#scratch.during(() =>
      spec.launch.workspace === 'read-only'
        ? this.#look(ready.wrap, spec, signal)
        : this.#change(ready.wrap, spec, signal),
    );
  }

  /** A command that only looks: nothing in the workspace can change, so nothing has to be looked after. */
  async #look(wrap: Wrap, spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult> {
    const git = await gitAround(spec, this.#account, () => false);
    return this.#inCage(wrap, spec, { found: await this.#survey(spec), git, readOnly: [] }, signal);
  }

  async #change(wrap: Wrap, spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult> {
    const { found, setAside, forget } = await this.#newcomers.watch(spec.folders, () => this.#survey(spec));
    try {
      const git = await gitAround(spec, this.#account, () => false);
      const { readOnly } = await planWorkspace(spec.folders, found, {
        ...git,
        exists: (path) => entryAt(path) !== undefined,
        isStandIn: () => false,
        canBeMade: () => true,
      });
      const result = await this.#inCage(wrap, spec, { found, git, readOnly }, signal);
      const after = await survey(spec.folders, spec, {
        closedBefore: new Set(found.closedFolders),
        deniedBefore: new Set(found.deniedFolders),
      });
      return { ...result, quarantined: await setAside(after) };
    } finally {
      forget();
    }
  }

  get #account(): Account {
    return { folders: this.#folders, environment: this.#environment };
  }

  async #survey(spec: SandboxSpec): Promise<Survey> {
    return survey(spec.folders, spec, 'before', await this.#outsideLinks.find(spec.deniedOutside, spec.folders));
  }

  async #inCage(
    wrap: Wrap,
    spec: SandboxSpec,
    { found, git, readOnly }: { found: Survey; git: GitAround; readOnly: readonly string[] },
    signal: AbortSignal,
  ): Promise<SandboxResult> {
    const base = this.#base();
    const denied = [...found.deniedFiles, ...found.deniedFolders];
    const config = seatbeltConfig({
      ...base,
      toolchains: [...base.toolchains.filter((path) => !spec.isDenied(path)), ...git.shown],
      roots: topmost(spec.folders),
      workspace: spec.launch.workspace,
      network: spec.network,
      view: spec.view,
      hidden: [
        ...base.hidden,
        ...spec.deniedOutside,
        ...denied,
        ...found.closedFolders,
        ...found.specials,
        ...git.hidden,
      ],
      readOnly,
    });
    const { argv, environment } = spec.launch;
    const { line, clean } = await wrap(cagedCommand(spec.limits, argv, environment), config);
    // Hidden is a path here, not an object as on Linux: what replaces a hidden file is as hidden.
    const noted = (result: SandboxResult): SandboxResult => ({ ...result, notes: [...git.notes, ...result.notes] });
    if (!spec.deniesInside) return noted(await runWrapped(line, spec, signal).finally(clean));
    let end: ((why: Ending) => void) | undefined;
    const hidden = { paths: denied, folders: found.folders, isDenied: (path: string) => spec.isDenied(path) };
    const watch = new DeniedWatch(hidden, (path) => end?.({ kind: 'violation', what: seenWords(path) }));
    try {
      const result = await runWrapped(line, spec, signal, (stop) => {
        end = stop;
      });
      // What was seen may be in there.
      return noted(result.ending.kind === 'violation' ? { ...result, output: '' } : result);
    } finally {
      watch.close();
      clean();
    }
  }

  #base(): Pick<SeatbeltCage, 'system' | 'toolchains' | 'scratch' | 'hidden'> {
    return {
      system: this.#machine.system,
      toolchains: this.#toolchains().flatMap(({ mounts }) => mounts),
      scratch: this.#scratch.folder,
      hidden: [...this.#machine.hidden, this.#folders.data, this.#folders.config],
    };
  }

  #toolchains(): Toolchain[] {
    return toolchains(this.#environment, this.#folders.home, this.#never);
  }

  #prepared(): Promise<Ready | Refusal> {
    this.#ready ??= this.#probe();
    return this.#ready;
  }

  async #probe(): Promise<Ready | Refusal> {
    let wrap: Wrap;
    try {
      wrap = await this.#load();
    } catch (error) {
      return {
        works: false,
        cause: `Commands cannot be confined: the library that does it on macOS cannot be loaded (${String(error)}).`,
        fix: 'Install Oversign again, and please report this if it stays so.',
      };
    }
    try {
      const place = { temporary: this.#machine.temporary, data: this.#folders.data };
      const { probes, refusal } = await this.#scratch.during(() => selfTest(wrap, this.#base(), place));
      return refusal ? { ...refusal, probes } : { wrap, probes };
    } catch (error) {
      return {
        works: false,
        cause: `Commands cannot be confined: the sandbox could not be tried out (${String(error)}).`,
        fix: `See whether files can be made in ${this.#machine.temporary}, and please report this if they can.`,
      };
    }
  }
}

function seenWords(path: string): string {
  return `${path}, which is denied, appeared or was replaced while the command ran; its output is left out. Run it again`;
}
