import { lstat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { bubblewrapOptions, limitedArgv, type Cage } from '../../core/sandbox/bubblewrap.ts';
import type {
  Ending,
  HeldLimit,
  Limits,
  Sandbox,
  SandboxResult,
  SandboxSpec,
  SandboxStatus,
} from '../../core/sandbox/port.ts';
import { isInside } from '../../core/scope/spelling.ts';
import type { OwnFolders } from '../folders.ts';
import { startProcess, type SpawnEnd } from '../process/spawn.ts';
import { bytesOfPath } from '../files/rawPath.ts';
import { planWorkspace, type BaseCage } from './cage.ts';
import { Placeholders } from './placeholders.ts';
import { explainFailure, findBubblewrap, type Refusal } from './probe.ts';
import { controlEntries, quarantine } from './quarantine.ts';
import { survey, type Survey } from './survey.ts';
import { syntheticEtc, systemMounts, toolchains, type Toolchain } from './systemMounts.ts';
import { watchTree } from './watchdog.ts';

const HOME = '/home/agent';
/** bubblewrap says "bwrap: …" on standard error and exits with 1 when it cannot build the cage. */
const REFUSED = /^bwrap: /;

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
      words: 'bubblewrap: no network, only the workspace can be written, your other files are not there.',
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
      const result = await this.#runIn(ready.program, cage, spec, signal).finally(uncover);
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

  async #runIn(program: string, cage: Cage, spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult> {
    const isStopped = (): boolean => signal.aborted;
    if (isStopped()) return { ending: { kind: 'stopped' }, output: '', outputBytes: 0, durationMs: 0, quarantined: [] };
    const began = performance.now();
    let cause: Ending | undefined;
    const child = await startProcess({
      file: program,
      args: ['--args', '3', '--json-status-fd', '4', '--', ...limitedArgv(spec.limits, spec.launch.argv)],
      cwd: '/',
      environment: {},
      onDescriptor3: optionBytes(cage),
      readDescriptor4: true,
      waitsOnDescriptor5: true,
      outputCap: spec.outputCap,
    });
    const end = (why: Ending): void => {
      cause ??= why;
      child.kill();
    };
    const stopped = (): void => {
      end({ kind: 'stopped' });
    };
    signal.addEventListener('abort', stopped, { once: true });
    if (isAborted(signal)) stopped(); // while the process was being started
    const timer = setTimeout(() => {
      end({ kind: 'timeout', seconds: spec.timeoutMs / 1000 });
    }, spec.timeoutMs);
    const unwatch = watchTree(child.pid, spec.limits, (limit) => {
      end({ kind: 'limit', limit });
    });
    let ended: SpawnEnd;
    try {
      ended = await child.ended;
    } finally {
      clearTimeout(timer);
      unwatch();
      signal.removeEventListener('abort', stopped);
      child.kill(); // whatever its process group still holds
    }
    const output = ended.output.toString('utf8');
    return {
      ending: cause ?? endingOf(ended),
      output,
      outputBytes: ended.outputBytes,
      durationMs: Math.round(performance.now() - began),
      quarantined: [],
    };
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
    // The proof is small but real: no network interface but loopback, no way to write outside, no view of this account.
    const proof = `set -e; [ "$(grep -c : /proc/net/dev)" -le 1 ]; ! touch /usr/oversign-probe 2>/dev/null; ! touch /oversign-probe 2>/dev/null; [ ! -e '${this.#folders.data.replaceAll("'", "'\\''")}' ]; echo confined`;
    const child = await startProcess({
      file: program,
      args: ['--args', '3', '--', '/bin/bash', '-c', proof],
      cwd: '/',
      environment: {},
      onDescriptor3: optionBytes(cage),
      outputCap: 10_000,
    });
    const timer = setTimeout(() => {
      child.kill();
    }, 10_000);
    const ended = await child.ended;
    clearTimeout(timer);
    const output = ended.output.toString('utf8');
    if (ended.code === 0 && output.trim().endsWith('confined')) return { program, base };
    if (REFUSED.test(output)) return explainFailure(output);
    return {
      works: false,
      cause: `Commands cannot be confined: the sandbox did not hold in its self-test (${output.trim().split('\n')[0] ?? ''}).`,
      fix: 'Run `oversign doctor` and report what it prints.',
    };
  }
}

function optionBytes(cage: Cage): Buffer {
  return bytesOfPath(
    bubblewrapOptions(cage)
      .map((option) => `${option}\0`)
      .join(''),
  );
}

function madeDuring(call: RunningCall, path: string): boolean {
  return call.roots.some((root) => isInside(root, path)) && !call.before.has(path);
}

function endingOf(ended: SpawnEnd): Ending {
  if (ended.signal !== null) return { kind: 'killed', signal: ended.signal };
  const code = ended.code ?? -1;
  // bubblewrap reports the exit code of what it ran, and none if the cage was never built (bwrap(1), --json-status-fd).
  if (!ended.descriptor4.includes('"exit-code"')) return { kind: 'violation', what: 'the sandbox could not be built' };
  // bubblewrap passes on a signal as 128 + its number; SIGXCPU is 24, SIGXFSZ 25 (signal(7)).
  if (code === 128 + 24) return { kind: 'limit', limit: 'CPU time' };
  if (code === 128 + 25) return { kind: 'limit', limit: 'file size' };
  return { kind: 'exited', code };
}

function heldLimits(limits: Limits): HeldLimit[] {
  const size = (bytes: number): string =>
    bytes >= 1024 ** 3 ? `${(bytes / 1024 ** 3).toFixed(1)} GiB` : `${Math.round(bytes / 1024 ** 2)} MiB`;
  return [
    { name: 'memory', value: size(limits.memoryBytes), how: 'watched' },
    { name: 'CPU time', value: `${limits.cpuSeconds} s`, how: 'watched' },
    { name: 'processes', value: String(limits.processes), how: process.getuid?.() === 0 ? 'watched' : 'enforced' },
    { name: 'size of one file', value: size(limits.diskBytes), how: 'enforced' },
    { name: 'bytes written', value: size(limits.diskBytes), how: 'watched' },
  ];
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

/** Asked anew each time: the compiler believes that a signal once seen unset stays so. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
