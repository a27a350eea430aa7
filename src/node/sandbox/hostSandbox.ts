import { lstat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { bubblewrapOptions, limitedArgv, type Cage } from '../../core/sandbox/bubblewrap.ts';
import type { Ending, HeldLimit, Limits, Sandbox, SandboxResult, SandboxSpec, SandboxStatus } from '../../core/sandbox/port.ts';
import type { OwnFolders } from '../folders.ts';
import { startProcess, type SpawnEnd } from '../process/spawn.ts';
import { planWorkspace, type BaseCage } from './cage.ts';
import { Placeholders } from './placeholders.ts';
import { explainFailure, findBubblewrap, type Refusal } from './probe.ts';
import { controlEntries, quarantineNew } from './quarantine.ts';
import { survey } from './survey.ts';
import { syntheticEtc, systemMounts, toolchains, type Toolchain } from './systemMounts.ts';
import { watchTree } from './watchdog.ts';

const HOME = '/home/agent';
/** bubblewrap says "bwrap: …" on standard error and exits with 1 when it cannot build the cage. */
const REFUSED = /^bwrap: /;

/** Linux's host sandbox: bubblewrap with a profile of its own (see core/sandbox/bubblewrap.ts). */
export class HostSandbox implements Sandbox {
  readonly #folders: OwnFolders;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #never: readonly string[];
  readonly #placeholders: Placeholders;
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
      words: 'In the sandbox (bubblewrap): no network, the workspace writable, the rest of your files not there.',
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
      PATH: [...chains.map(({ bin }) => bin), '/usr/local/bin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/sbin', '/sbin'].join(':'),
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
    const found = await survey(spec.writable, spec);
    const before = await controlEntries(found);
    const { placeholders, ...workspace } = await planWorkspace(spec.writable, found, exists);
    const uncover = await this.#placeholders.cover(placeholders);
    let result: SandboxResult;
    try {
      result = await this.#runIn(
        ready.program,
        {
          ...ready.base,
          ...workspace,
          temporaryBytes: spec.limits.diskBytes,
          environment: spec.launch.environment,
          cwd: spec.launch.cwd,
        },
        spec,
        signal,
      );
    } finally {
      await uncover();
    }
    return { ...result, quarantined: await quarantineNew(spec.writable, spec, before, this.#folders.data) };
  }

  async recover(): Promise<void> {
    await this.#placeholders.recover();
  }

  async #runIn(program: string, cage: Cage, spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult> {
    if (signal.aborted) return { ending: { kind: 'stopped' }, output: '', outputBytes: 0, durationMs: 0, quarantined: [] };
    const began = performance.now();
    let cause: Ending | undefined;
    const child = await startProcess({
      file: program,
      args: ['--args', '3', '--', ...limitedArgv(spec.limits, spec.launch.argv)],
      cwd: '/',
      environment: {},
      onDescriptor3: bubblewrapOptions(cage).join('\0') + '\0',
      outputCap: spec.outputCap,
    });
    const end = (why: Ending): void => {
      cause ??= why;
      child.kill();
    };
    const stopped = (): void => { end({ kind: 'stopped' }); };
    signal.addEventListener('abort', stopped, { once: true });
    if (signal.aborted) stopped();
    const timer = setTimeout(() => { end({ kind: 'timeout', seconds: spec.timeoutMs / 1000 }); }, spec.timeoutMs);
    const unwatch = watchTree(child.pid, spec.limits, (limit) => { end({ kind: 'limit', limit }); });
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
      ending: cause ?? endingOf(ended, output),
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
      onDescriptor3: bubblewrapOptions(cage).join('\0') + '\0',
      outputCap: 10_000,
    });
    const timer = setTimeout(() => { child.kill(); }, 10_000);
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

function endingOf(ended: SpawnEnd, output: string): Ending {
  if (ended.signal !== null) return { kind: 'killed', signal: ended.signal };
  const code = ended.code ?? -1;
  if (code === 1 && REFUSED.test(output)) return { kind: 'violation', what: 'the sandbox could not be built' };
  // bubblewrap passes on a signal as 128 + its number; SIGXCPU is 24, SIGXFSZ 25 (signal(7)).
  if (code === 128 + 24) return { kind: 'limit', limit: 'CPU time' };
  if (code === 128 + 25) return { kind: 'limit', limit: 'file size' };
  return { kind: 'exited', code };
}

function heldLimits(limits: Limits): HeldLimit[] {
  const size = (bytes: number): string => (bytes >= 1024 ** 3 ? `${(bytes / 1024 ** 3).toFixed(1)} GiB` : `${Math.round(bytes / 1024 ** 2)} MiB`);
  return [
    { name: 'memory', value: size(limits.memoryBytes), how: 'watched' },
    { name: 'CPU time', value: `${limits.cpuSeconds} s`, how: 'watched' },
    { name: 'processes', value: String(limits.processes), how: process.getuid?.() === 0 ? 'watched' : 'enforced' },
    { name: 'size of one file', value: size(limits.diskBytes), how: 'enforced' },
    { name: 'bytes written', value: size(limits.diskBytes), how: 'watched' },
  ];
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(() => true, () => false);
}
