import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { entering, enteringScript } from '../../../core/sandbox/container.ts';
import type { Ending, SandboxResult, SandboxSpec } from '../../../core/sandbox/port.ts';
import { bytesOfPath } from '../../files/rawPath.ts';
import type { SpawnEnd } from '../../process/spawn.ts';
import { heldLimits } from '../limits.ts';
import { CallClock } from '../network/callClock.ts';
import type { CageHooks } from '../runInCage.ts';
import type { Container } from './container.ts';
import { Greeting } from './greeting.ts';
import { watchContainer } from './watch.ts';

/** How long what a command leaves may take to end by itself before the container goes. */
const SETTLE_MS = [0, 1, 2, 5, 10, 20];

/** Whoever is in a cage has these from the caller. */
type Call = Pick<SandboxSpec, 'launch' | 'limits' | 'timeoutMs' | 'outputCap' | 'endCap' | 'input' | 'onOutput'>;

/**
 * Runs one command in a container that is up. At a stop, a limit, or the time the container goes as a whole: nothing
 * else ends what was started in it for certain. Whatever is left running after the command ends the same way.
 */
export async function runInContainer(
  container: Container,
  { spec, environment, cwd }: { spec: Call; environment: Record<string, string>; cwd: string },
  signal: AbortSignal,
  hooks: CageHooks,
): Promise<SandboxResult> {
  const began = performance.now();
  const tasks = container.group.tasks();
  let cause: Ending | undefined;
  const end = (why: Ending): void => {
    cause ??= why;
    void container.remove();
  };
  const watch = watchContainer({ group: container.group, limits: spec.limits, hooks }, (limit) => {
    end({ kind: 'limit', limit });
  });
  const word = randomUUID();
  const greeting = new Greeting(word, () => {
    const trouble = hooks.atGate?.();
    if (trouble !== undefined) end({ kind: 'violation', what: trouble });
    return cause === undefined;
  });
  const script = enteringScript({
    argv: spec.launch.argv,
    environment,
    cwd,
    limits: spec.limits,
    input: spec.input ? 'given' : 'none',
  });
  hooks.still?.beginUnseen();
  const child = await container.client.start(['exec', '--interactive', container.name, ...entering(word)], {
    input: greeting.followedBy(bytesOfPath(`${script}\0`), spec.input),
    onOutput: (stream, chunk) => {
      const rest = stream === 'stdout' ? greeting.take(chunk) : chunk;
      return rest.length === 0 ? undefined : spec.onOutput?.(stream, rest);
    },
    outputCap: spec.outputCap + greeting.length,
    endCap: spec.endCap,
  });
  // Where the caller can mount into a cage that runs, it may not do so here: it knows this one's processes not well enough.
  hooks.onStart?.(end, { outer: child.pid, init: () => undefined });
  const stopped = (): void => {
    end({ kind: 'stopped' });
  };
  signal.addEventListener('abort', stopped, { once: true });
  if (signal.aborted) stopped();
  const stopClock = new CallClock().start(spec.timeoutMs, () => {
    end({ kind: 'timeout', seconds: spec.timeoutMs / 1000 });
  });
  let ended: SpawnEnd;
  let last: ReturnType<typeof watch.end>;
  try {
    ended = await child.ended;
  } finally {
    stopClock();
    greeting.close();
    last = watch.end();
    signal.removeEventListener('abort', stopped);
  }
  cause ??= await unlessExited(container, ended, greeting.wasHeard);
  if (cause !== undefined || !(await isQuiet(container, tasks))) {
    const isGone = await container.remove();
    hooks.still?.end(isGone);
    if (!isGone)
      cause = {
        kind: 'violation',
        what: 'Docker did not confirm that its container is gone; the next start of Oversign takes it away',
      };
  } else hooks.still?.end(true);
  return {
    ending: cause ?? { kind: 'exited', code: ended.code ?? -1 },
    output: greeting.without(ended.output).toString('utf8'),
    end: ended.end.toString('utf8'),
    outputBytes: Math.max(0, ended.outputBytes - (greeting.wasHeard ? greeting.length : 0)),
    durationMs: Math.round(performance.now() - began),
    use: last.use,
    limits: heldLimits(spec, groupName(container)),
    quarantined: [],
    notes: [],
  };
}

export function groupName({ group }: Pick<Container, 'group'>): string {
  return `Docker (cgroup v${group.version})`;
}

/** What ended it, where that is not its own exit. The client's exit code is the command's, or its own: the engine is asked. */
async function unlessExited(container: Container, ended: SpawnEnd, wasHeard: boolean): Promise<Ending | undefined> {
  if (ended.signal !== null) return { kind: 'violation', what: 'the Docker client was ended while the command ran' };
  if (ended.code === 0 && wasHeard) return undefined;
  const ranOut = await container.ranOutOfMemory();
  if (ranOut === undefined || !container.isUp)
    return {
      kind: 'violation',
      what: 'its container, or the Docker engine, ended while the command ran; see whether `docker version` answers',
    };
  if (ranOut) return { kind: 'limit', limit: 'memory' };
  if (!wasHeard) return { kind: 'violation', what: 'the sandbox could not be built' };
  // A client passes on a signal as 128 + its number; SIGXCPU is 24, SIGXFSZ 25 (signal(7)).
  if (ended.code === 128 + 24) return { kind: 'limit', limit: 'CPU time' };
  if (ended.code === 128 + 25) return { kind: 'limit', limit: 'file size' };
  return undefined;
}

/** Whether nothing runs in it but what waits there. */
async function isQuiet(container: Container, tasks: number): Promise<boolean> {
  for (const ms of SETTLE_MS) {
    await pause(ms);
    const now = container.group.tasks();
    if (now === 0) return false; // it is gone
    if (now <= tasks) return true;
  }
  return false;
}
