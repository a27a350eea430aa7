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
import { survey, type Survey } from './survey.ts';
import { syntheticEtc, systemMounts, toolchains, type Toolchain } from './systemMounts.ts';

const HOME = '/home/agent';

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
  #status: Promise<{ program: string; base: BaseCage } | Refusal> | undefined;

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
    const others = [...this.#running];
    const found = await survey(spec.writable, spec, 'before');
    const entries = await this.#ownEntries(found);
    // What another call made counts as new for this one too, or two calls could vouch for each other.
    others.push(...this.#running);
    const call: RunningCall = {
      roots: spec.writable,
      before: new Set(entries.filter((path) => others.every((other) => !madeDuring(other, path)))),
    };
    const { placeholders, ...workspace } = await planWorkspace(spec.writable, found, {
      exists,
      isStandIn: (path) => this.#placeholders.has(path),
    });
    this.#running.add(call);
    try {
      const uncover = await this.#placeholders.cover(placeholders);
      const covered = await identities(placeholders.map(({ path }) => path));
      const cage: Cage = {
        ...ready.base,
        ...workspace,
        toolchains: ready.base.toolchains.filter((path) => !spec.isDenied(path)),
        temporaryBytes: spec.limits.diskBytes,
        environment: spec.launch.environment,
        cwd: spec.launch.cwd,
      };
      const result = await runInCage(ready.program, cage, spec, signal).finally(uncover);
      const closedBefore = new Set(found.closedFolders);
      const after = await this.#ownEntries(await survey(spec.writable, spec, { closedBefore }));
      // A stand-in that is still the same one was out of reach all the time: what is in it is the user's.
      const same = await identities([...covered.keys()]);
      const isNew = (path: string): boolean =>
        !call.before.has(path) && (!same.has(path) || same.get(path) !== covered.get(path));
      return { ...result, quarantined: await quarantine(after.filter(isNew), this.#folders.data) };
    } finally {
      this.#running.delete(call);
    }
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

  #ready(): Promise<{ program: string; base: BaseCage } | Refusal> {
    this.#status ??= this.#probe();
    return this.#status;
  }

  async #probe(): Promise<{ program: string; base: BaseCage } | Refusal> {
    const program = await findBubblewrap();
    if (typeof program !== 'string') return program;
    const { uid, gid } = userInfo();
    const base: BaseCage = {
      ...systemMounts(),
      etc: await syntheticEtc(this.#folders.data, uid, gid, HOME),
      toolchains: this.#toolchains().map(({ mount }) => mount),
      home: HOME,
    };
    const empty = { writable: [], pinned: [], readOnly: [], hiddenFiles: [], hiddenFolders: [] };
    const cage: Cage = { ...base, ...empty, temporaryBytes: 1 << 20, environment: { PATH: '/usr/bin:/bin' }, cwd: '/' };
    const refusal = await selfTest(program, cage, this.#folders.data);
    return refusal ?? { program, base };
  }
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
