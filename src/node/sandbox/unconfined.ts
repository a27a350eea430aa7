import { userInfo } from 'node:os';
import { limitedArgv } from '../../core/sandbox/bubblewrap.ts';
import type {
  BrokenOff,
  Ending,
  LimitName,
  Limits,
  OpenSandbox,
  SandboxResult,
  SandboxSpec,
  SandboxStatus,
} from '../../core/sandbox/port.ts';
import { prepareProcess, type SpawnEnd } from '../process/spawn.ts';
import { controlGroups } from './groups/find.ts';
import { refuseView } from './effects/refuseView.ts';
import { refuseUnheld } from './refuseUnheld.ts';
import type { ControlGroups } from './groups/port.ts';
import { hardLimits } from './hardLimits.ts';
import { heldLimits } from './limits.ts';
import type { Refusal } from './probe.ts';
import { treeOf, treeRoot } from './processTree.ts';
import { watchTree } from './watchdog.ts';

/**
 * No sandbox at all: commands with everything that the account may do. Only the user's or the organization's policy
 * can ask for it, and every command asks a person. Limits and Stop hold as far as they can without a cage.
 */
export class Unconfined implements OpenSandbox {
  readonly #environment: NodeJS.ProcessEnv;
  #groups: ControlGroups | undefined | 'unknown' = 'unknown';

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
  }

  status(limits: Limits): Promise<SandboxStatus> {
    const refusal = whyNotUnconfined(process.platform);
    if (refusal) return Promise.resolve(refusal);
    return Promise.resolve({
      works: true,
      name: 'none',
      words:
        'OUTSIDE THE SANDBOX: it can read, change and send whatever your account can. Denied and protected paths do not bind it, and what it leaves running in the background may go on.',
      limits: heldLimits({ limits }, this.#found()?.name),
      probes: [],
    });
  }

  environment(variables: readonly string[]): Promise<Record<string, string>> {
    const { homedir, username } = userInfo();
    const account = this.#environment;
    const allowed = Object.fromEntries(
      ['PATH', 'LANG', 'TZ', ...variables].flatMap((name) => {
        const value = account[name];
        return value === undefined ? [] : [[name, value]];
      }),
    );
    return Promise.resolve({ PATH: '/usr/bin:/bin', ...allowed, HOME: homedir, USER: username, TERM: 'dumb' });
  }

  async run(spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult> {
    refuseView(spec);
    refuseUnheld(spec, false);
    const began = performance.now();
    const groups = this.#found();
    let cause: Ending | undefined;
    let stop: (() => void) | undefined;
    const end = (why: Ending): void => {
      cause ??= why;
      stop?.();
    };
    const group = groups?.open(spec.limits);
    const [file = '/bin/bash', ...args] = [
      ...(group?.prefix ?? []),
      ...limitedArgv(spec.limits, hardLimits(), spec.launch.argv),
    ];
    try {
      const waiting = await prepareProcess(
        { file, args, cwd: spec.launch.cwd, environment: { ...spec.launch.environment, ...group?.environment } },
        spec.input ? [0, 2, 5] : [2, 5],
      );
      await group?.admit(waiting.pid);
      const child = waiting.begin({
        onReady: (pid) => {
          try {
            group?.confirm(pid);
          } catch (error) {
            const what = error instanceof Error ? error.message : String(error);
            end({ kind: 'violation', what: `its limits could not be set (${what})` });
          }
          return cause === undefined;
        },
        input: spec.input,
        onOutput: spec.onOutput?.bind(spec),
        outputCap: spec.outputCap,
        endCap: spec.endCap,
      });
      const root = treeRoot(child.pid);
      stop = () => {
        const tree = treeOf(root);
        child.kill();
        for (const { pid } of tree) killOne(pid);
        group?.kill();
      };
      const stopped = (): void => {
        end({ kind: 'stopped' });
      };
      signal.addEventListener('abort', stopped, { once: true });
      if (signal.aborted) stopped();
      const timer = setTimeout(() => {
        end({ kind: 'timeout', seconds: spec.timeoutMs / 1000 });
      }, spec.timeoutMs);
      const watch = watchTree(
        { outer: child.pid, isCage: false, group, limits: spec.limits, inMemory: [] },
        (limit) => {
          end({ kind: 'limit', limit });
        },
      );
      const ended = await child.ended;
      clearTimeout(timer);
      signal.removeEventListener('abort', stopped);
      const last = watch.end();
      stop();
      return {
        ending: cause ?? endingOf(ended, last.over),
        output: ended.output.toString('utf8'),
        end: ended.end.toString('utf8'),
        outputBytes: ended.outputBytes,
        durationMs: Math.round(performance.now() - began),
        use: last.use,
        limits: heldLimits(spec, groups?.name),
        quarantined: [],
        notes: ['this command ran outside the sandbox'],
      };
    } finally {
      void group?.close();
    }
  }

  /** Nothing is kept from one command to the next, nor left by one that was killed: there is no cage. */
  recover(): Promise<void> {
    return Promise.resolve();
  }

  /** No cage: nothing is looked through afterwards either. */
  finishBrokenOff(): Promise<BrokenOff[]> {
    return Promise.resolve([]);
  }

  brokenOffElsewhere(): string[] {
    return [];
  }

  begin(): Promise<() => Promise<void>> {
    return Promise.resolve(() => Promise.resolve());
  }

  isStandIn(): boolean {
    return false;
  }

  forget(): void {
    this.#groups = 'unknown';
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #found(): ControlGroups | undefined {
    if (this.#groups === 'unknown') this.#groups = controlGroups(process.getuid?.() ?? 0)[0];
    return this.#groups;
  }
}

/** Limits and Stop need Linux's processes. */
export function whyNotUnconfined(platform: NodeJS.Platform): Refusal | undefined {
  if (platform === 'linux') return undefined;
  return {
    works: false,
    cause: `Commands outside the sandbox are not possible on ${platform} in this version.`,
    fix: 'Set sandbox: true in your policy.',
  };
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

/** SIGXCPU and SIGXFSZ are the kernel's words for a limit (signal(7)). */
function endingOf({ code, signal }: SpawnEnd, over: LimitName | undefined): Ending {
  if (over !== undefined) return { kind: 'limit', limit: over };
  if (signal === 'SIGXCPU') return { kind: 'limit', limit: 'CPU time' };
  if (signal === 'SIGXFSZ') return { kind: 'limit', limit: 'file size' };
  return signal === null ? { kind: 'exited', code: code ?? -1 } : { kind: 'killed', signal };
}
