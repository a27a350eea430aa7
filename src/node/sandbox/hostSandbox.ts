import { lstat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import type { Cage } from '../../core/sandbox/bubblewrap.ts';
import type { Limits, Sandbox, SandboxResult, SandboxSpec, SandboxStatus } from '../../core/sandbox/port.ts';
import { isInside } from '../../core/scope/spelling.ts';
import { bytesOfPath } from '../files/rawPath.ts';
import type { OwnFolders } from '../folders.ts';
import { planWorkspace, type BaseCage } from './cage.ts';
import { heldLimits } from './limits.ts';
import { Placeholders } from './placeholders.ts';
import { findBubblewrap, type Refusal } from './probe.ts';
import { controlEntries, quarantine } from './quarantine.ts';
import { runInCage } from './runInCage.ts';
import { selfTest } from './selfTest.ts';
import { survey, topmost, type Survey } from './survey.ts';
import { syntheticEtc, systemMounts, toolchains, type Toolchain } from './systemMounts.ts';

const HOME = '/home/agent';

interface Ready {
  program: string;
  base: BaseCage;
}

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
  readonly #running = new Set<RunningCall>();
  #status: Promise<Ready | Refusal> | undefined;

  /** `never`: folders that no toolchain mount may contain or lie in (workspaces, Oversign's own). */
  constructor(folders: OwnFolders, environment: NodeJS.ProcessEnv, never: readonly string[]) {
    this.#folders = folders;
    this.#environment = environment;
    this.#never = [...never, folders.data, folders.config];
    this.#placeholders = new Placeholders(folders.data);
  }

  async status(limits: Limits): Promise<SandboxStatus> {
    const ready = await this.#ready();
    if ('works' in ready) return ready;
    return {
      works: true,
      name: 'bubblewrap',
      words:
        'bubblewrap: no network; of your files only the workspace and the toolchains on PATH are there, and only the workspace can be changed.',
      limits: heldLimits(limits),
    };
  }

  /** Forgets what it knows of this machine, so that the next look is a fresh one. */
  forget(): void {
    this.#status = undefined;
  }

  environment(variables: readonly string[]): Promise<Record<string, string>> {
    const chains = this.#toolchains();
    const pyenv = chains.find(({ bin }) => bin.endsWith('/.pyenv/shims'));
    const allowed = Object.fromEntries(
      variables.flatMap((name) => {
        const value = this.#environment[name];
        return value === undefined ? [] : [[name, value]];
      }),
    );
    return Promise.resolve({
      ...allowed,
      HOME,
      PATH: [
        ...chains.map(({ bin }) => bin),
        '/usr/local/bin',
        '/usr/bin',
        '/bin',
        '/usr/local/sbin',
        '/usr/sbin',
        '/sbin',
      ].join(':'),
      LANG: 'C.UTF-8',
      TERM: 'dumb',
      TMPDIR: '/tmp',
      NO_COLOR: '1',
      ...(pyenv && { PYENV_ROOT: pyenv.mount }),
    });
  }

  async run(spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult> {
    const ready = await this.#ready();
    if ('works' in ready) throw new Error(`${ready.cause} ${ready.fix}`);
    if (spec.launch.workspace === 'read-only') return this.#look(ready, spec, signal);
    const others = [...this.#running];
    const found = await survey(spec.folders, spec, 'before');
    const entries = await this.#ownEntries(found);
    // What another call made counts as new for this one too, or two calls could vouch for each other.
    others.push(...this.#running);
    const call: RunningCall = {
      roots: spec.folders,
      before: new Set(entries.filter((path) => others.every((other) => !madeDuring(other, path)))),
    };
    const { placeholders, ...workspace } = await planWorkspace(spec.folders, found, {
      exists,
      isStandIn: (path) => this.#placeholders.has(path),
    });
    this.#running.add(call);
    try {
      const uncover = await this.#placeholders.cover(placeholders);
      const covered = await identities(placeholders.map(({ path }) => path));
      const cage = cageFor(spec, ready.base, { ...workspace, shown: [] });
      const result = await runInCage(ready.program, cage, spec, signal).finally(uncover);
      const closedBefore = new Set(found.closedFolders);
      const after = await this.#ownEntries(await survey(spec.folders, spec, { closedBefore }));
      // A stand-in that is still the same one was out of reach all the time: what is in it is the user's.
      const same = await identities([...covered.keys()]);
      const isNew = (path: string): boolean =>
        !call.before.has(path) && (!same.has(path) || same.get(path) !== covered.get(path));
      return { ...result, quarantined: await quarantine(after.filter(isNew), this.#folders.data) };
    } finally {
      this.#running.delete(call);
    }
  }

  /** A command that only looks: nothing in the workspace can change, so nothing has to be covered or looked after. */
  async #look({ program, base }: Ready, spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult> {
    const found = await survey(spec.folders, spec, 'before');
    const cage = cageFor(spec, base, {
      writable: [],
      shown: topmost(spec.folders),
      pinned: [],
      readOnly: [],
      hiddenFiles: [...found.deniedFiles, ...found.specials],
      hiddenFolders: [...found.deniedFolders, ...found.closedFolders],
    });
    return { ...(await runInCage(program, cage, spec, signal)), quarantined: [] };
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

  #ready(): Promise<Ready | Refusal> {
    this.#status ??= this.#probe();
    return this.#status;
  }

  async #probe(): Promise<Ready | Refusal> {
    const program = await findBubblewrap();
    if (typeof program !== 'string') return program;
    const { uid, gid } = userInfo();
    const base: BaseCage = {
      ...systemMounts(),
      etc: await syntheticEtc(this.#folders.data, uid, gid, HOME),
      toolchains: this.#toolchains().map(({ mount }) => mount),
      home: HOME,
    };
    const empty = { writable: [], shown: [], pinned: [], readOnly: [], hiddenFiles: [], hiddenFolders: [] };
    const cage: Cage = { ...base, ...empty, temporaryBytes: 1 << 20, environment: { PATH: '/usr/bin:/bin' }, cwd: '/' };
    const refusal = await selfTest(program, cage, this.#folders.data);
    return refusal ?? { program, base };
  }
}

type WorkspaceMounts = Pick<Cage, 'writable' | 'shown' | 'pinned' | 'readOnly' | 'hiddenFiles' | 'hiddenFolders'>;

function cageFor(spec: SandboxSpec, base: BaseCage, workspace: WorkspaceMounts): Cage {
  return {
    ...base,
    ...workspace,
    toolchains: base.toolchains.filter((path) => !spec.isDenied(path)),
    temporaryBytes: spec.limits.diskBytes,
    environment: spec.launch.environment,
    cwd: spec.launch.cwd,
  };
}

function madeDuring(call: RunningCall, path: string): boolean {
  return call.roots.some((root) => isInside(root, path)) && !call.before.has(path);
}

/** Which file system object is at each path, where there is one. */
async function identities(paths: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const info = await lstat(bytesOfPath(path), { bigint: true }).catch(() => undefined);
    // Inode numbers are used again; the time of birth is not.
    if (info) found.set(path, `${info.dev}:${info.ino}:${info.birthtimeNs}`);
  }
  return found;
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
