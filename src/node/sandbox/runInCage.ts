import { bubblewrapOptions, inMemory, startVariables, type Cage } from '../../core/sandbox/bubblewrap.ts';
import type { Ending, LimitName, SandboxResult, SandboxSpec } from '../../core/sandbox/port.ts';
import { bytesOfPath } from '../files/rawPath.ts';
import type { Spawned, SpawnEnd } from '../process/spawn.ts';
import { CageInit } from './cageInit.ts';
import type { CageStarter, WaitingCage } from './cageStarter.ts';
import type { ControlGroup, ControlGroups } from './groups/port.ts';
import { hardLimits } from './hardLimits.ts';
import { heldLimits } from './limits.ts';
import { CallClock } from './network/callClock.ts';
import type { CommandDoor } from './network/doors.ts';
import type { StillTimes } from './stillTimes.ts';
import { watchTree, type Watched } from './watchdog.ts';

/** What this machine has for building cages, found out once. */
export interface Machinery {
  starter: CageStarter;
  /** The program of the system call filter. */
  filter: Uint8Array;
  groups: ControlGroups | undefined;
}

/** What a call must see to before the command runs its first word; what it says ends the call. */
export type AtGate = () => string | undefined;

/** A cage in which a command runs: its starter, and the first process inside, once it is there. */
export interface RunningCage {
  outer: number;
  init: () => number | undefined;
}

/** What a caller sees to while a command runs. */
export interface CageHooks {
  atGate?: AtGate;
  onStart?: (end: (why: Ending) => void, cage: RunningCage) => void;
  entries?: Watched['entries'];
  uncounted?: Watched['uncounted'];
  /** Is told when the command may have written something. */
  still?: StillTimes | undefined;
  /** Its way out: it starts where that is, or not at all. */
  door?: CommandDoor | undefined;
}

/** Runs one command in a cage that is planned to the last mount; ends it at a stop, a limit, or the time. */
export type InCage = (cage: Cage, spec: SandboxSpec, signal: AbortSignal, hooks?: CageHooks) => Promise<SandboxResult>;

/** What builds cages. `within`: the same, where something else starts them. */
export interface Cages {
  run: InCage;
  within?(around: readonly string[]): Cages;
}

/** Those of bubblewrap. */
export function bubblewrapCages(machinery: Machinery): Cages {
  return {
    run: (cage, spec, signal, hooks) => runInCage(machinery, cage, spec, signal, hooks),
    within: (around) => bubblewrapCages({ ...machinery, starter: machinery.starter.within(around) }),
  };
}

/** See `InCage`. */
export async function runInCage(
  machinery: Machinery,
  cage: Cage,
  spec: SandboxSpec,
  signal: AbortSignal,
  hooks: CageHooks = {},
): Promise<SandboxResult> {
  if ((cage.network.kind === 'door') !== (hooks.door !== undefined)) throw new Error('a door and its cage go together');
  const limits = heldLimits(spec, machinery.groups?.name);
  const nothing = { cpuSeconds: 0, memoryBytes: 0, diskBytes: 0, processes: 0 };
  const rest = { limits, quarantined: [], notes: [] };
  if (isAborted(signal))
    return { ending: { kind: 'stopped' }, output: '', outputBytes: 0, durationMs: 0, use: nothing, ...rest };
  const began = performance.now();
  let cause: Ending | undefined;
  let init: CageInit | undefined;
  const end = (why: Ending): void => {
    cause ??= why;
    init?.kill();
  };
  let waiting: WaitingCage;
  try {
    const { starter } = machinery;
    waiting = await (hooks.door ? starter.within(hooks.door.around) : starter).take(spec.limits);
  } catch (error) {
    const what = `its limits could not be set (${error instanceof Error ? error.message : String(error)})`;
    return { ending: { kind: 'violation', what }, output: '', outputBytes: 0, durationMs: 0, use: nothing, ...rest };
  }
  const { group } = waiting;
  try {
    const child = startCage(machinery, waiting, cage, spec, (outer) => {
      init?.note();
      const trouble = confirmed(group, outer) ?? elsewhere(init, hooks.door) ?? hooks.atGate?.();
      if (trouble !== undefined) end({ kind: 'violation', what: trouble });
      return cause === undefined;
    });
    const first = new CageInit(child);
    init = first;
    hooks.still?.begin(child.pid);
    hooks.onStart?.(end, { outer: child.pid, init: () => first.pid() });
    const stopped = (): void => {
      end({ kind: 'stopped' });
    };
    signal.addEventListener('abort', stopped, { once: true });
    if (isAborted(signal)) stopped(); // while the process was being started
    const stopClock = (hooks.door?.clock ?? new CallClock()).start(spec.timeoutMs, () => {
      end({ kind: 'timeout', seconds: spec.timeoutMs / 1000 });
    });
    const watch = watchTree(
      {
        outer: child.pid,
        isCage: true,
        group,
        limits: spec.limits,
        inMemory: inMemory(cage),
        entries: hooks.entries,
        uncounted: hooks.uncounted,
      },
      (limit) => {
        end({ kind: 'limit', limit });
      },
    );
    let ended: SpawnEnd;
    let last: ReturnType<typeof watch.end>;
    try {
      ended = await child.ended;
    } finally {
      stopClock();
      last = watch.end();
      signal.removeEventListener('abort', stopped);
      first.kill(); // whatever its process group still holds
      const isGone = await first.gone();
      hooks.still?.end(isGone);
      if (!isGone) cause = { kind: 'violation', what: 'a process of it could not be ended' };
    }
    return {
      ending: cause ?? endingOf(ended, last.over),
      output: ended.output.toString('utf8'),
      end: ended.end.toString('utf8'),
      outputBytes: ended.outputBytes,
      durationMs: Math.round(performance.now() - began),
      use: last.use,
      ...rest,
    };
  } catch (error) {
    waiting.process.kill();
    throw error;
  } finally {
    await group?.close();
  }
}

function startCage(
  { filter }: Machinery,
  { process: waiting }: WaitingCage,
  cage: Cage,
  spec: SandboxSpec,
  onReady: (outer: number) => boolean,
): Spawned {
  const start = startVariables(spec.limits, hardLimits(), spec.launch.argv, spec.input ? 'given' : 'none');
  return waiting.begin({
    onDescriptor3: optionBytes({ ...cage, environment: { ...cage.environment, ...start } }),
    readDescriptor4: true,
    onReady,
    onDescriptor6: filter,
    input: spec.input,
    onOutput: spec.onOutput?.bind(spec),
    outputCap: spec.outputCap,
    endCap: spec.endCap,
  });
}

/** Whether the group holds what waits at the gate. */
function confirmed(group: ControlGroup | undefined, outer: number): string | undefined {
  try {
    group?.confirm(outer);
    return undefined;
  } catch (error) {
    return `its limits could not be set (${error instanceof Error ? error.message : String(error)})`;
  }
}

/** A cage with a door has no network of its own making: it must be in the one of the door, and nowhere else. */
function elsewhere(init: CageInit | undefined, door: CommandDoor | undefined): string | undefined {
  if (!door) return undefined;
  const pid = init?.pid();
  return pid !== undefined && door.holds(pid) ? undefined : 'it is not certain which network it is in';
}

/** A cage's options as bubblewrap reads them from a descriptor: each ended by a NUL byte. */
export function optionBytes(cage: Cage): Buffer {
  return bytesOfPath(
    bubblewrapOptions(cage)
      .map((option) => `${option}\0`)
      .join(''),
  );
}

function endingOf(ended: SpawnEnd, over: LimitName | undefined): Ending {
  // A process that the kernel ended for its limit may have been the command itself.
  if (over !== undefined) return { kind: 'limit', limit: over };
  if (ended.signal !== null) return { kind: 'killed', signal: ended.signal };
  const code = ended.code ?? -1;
  // bubblewrap reports the exit code of what it ran, and none if the cage was never built (bwrap(1), --json-status-fd).
  if (!ended.descriptor4.includes('"exit-code"')) return { kind: 'violation', what: 'the sandbox could not be built' };
  // bubblewrap passes on a signal as 128 + its number; SIGXCPU is 24, SIGXFSZ 25 (signal(7)).
  if (code === 128 + 24) return { kind: 'limit', limit: 'CPU time' };
  if (code === 128 + 25) return { kind: 'limit', limit: 'file size' };
  return { kind: 'exited', code };
}

/** Asked anew each time: the compiler believes that a signal once seen unset stays so. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
