import type { Ending, ResourceUse, SandboxResult, SandboxSpec } from '../../../core/sandbox/port.ts';
import { ToolFailure } from '../../../core/outcome.ts';
import { startProcess, type SpawnEnd, type Spawned } from '../../process/spawn.ts';
import { STARTED } from './commandLine.ts';
import { seatbeltLimits, watchDescendants } from './watch.ts';

type Call = Pick<SandboxSpec, 'launch' | 'limits' | 'timeoutMs' | 'outputCap' | 'endCap' | 'input' | 'onOutput'>;

/** Runs a wrapped command line; ends it, and what it started, at a stop, a limit, or the time. */
export async function runWrapped(
  line: string,
  spec: Call,
  signal: AbortSignal,
  onStart?: (end: (why: Ending) => void) => void,
): Promise<SandboxResult> {
  const began = performance.now();
  const limits = seatbeltLimits(spec.limits);
  const none: ResourceUse = { cpuSeconds: 0, memoryBytes: 0, diskBytes: 0, processes: 0 };
  if (isAborted(signal))
    return resultOf({ ending: { kind: 'stopped' }, output: '', outputBytes: 0, durationMs: 0, use: none, limits });
  let cause: Ending | undefined;
  const child = await start(line, spec);
  const end = (why: Ending): void => {
    cause ??= why;
    child.kill();
  };
  onStart?.(end);
  const stopped = (): void => {
    end({ kind: 'stopped' });
  };
  signal.addEventListener('abort', stopped, { once: true });
  if (isAborted(signal)) stopped(); // while the process was being started
  const timer = setTimeout(() => {
    end({ kind: 'timeout', seconds: spec.timeoutMs / 1000 });
  }, spec.timeoutMs);
  const watch = watchDescendants(child.pid, spec.limits, (seen) => {
    if ('limit' in seen) end({ kind: 'limit', limit: seen.limit });
    else end({ kind: 'violation', what: `what it started could not be watched (${seen.blind})` });
  });
  let ended: SpawnEnd;
  try {
    ended = await child.ended;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stopped);
    child.kill(); // whatever its process group still holds
  }
  const { use, survivors } = await watch.end().catch(() => ({ use: none, survivors: undefined }));
  return {
    ...resultOf({
      ending: cause ?? endingOf(ended),
      output: ended.output.toString('utf8'),
      end: ended.end.toString('utf8'),
      outputBytes: ended.outputBytes,
      durationMs: Math.round(performance.now() - began),
      use,
      limits,
    }),
    notes: leftBehind(survivors),
  };
}

async function start(line: string, spec: Call): Promise<Spawned> {
  try {
    return await startProcess({
      file: '/bin/bash',
      args: ['--noprofile', '--norc', '-p', '-c', line],
      cwd: spec.launch.cwd,
      // Of the shells around the cage alone; the command gets its own. SHLVL: a bash that takes itself for a remote
      // login's first shell reads the user's .bashrc, and a pipe as standard input is enough to make it think so.
      environment: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', HOME: '/var/empty', SHLVL: '9' },
      readDescriptor4: true,
      ...(spec.input && { input: spec.input }),
      onOutput: spec.onOutput?.bind(spec),
      outputCap: spec.outputCap,
      endCap: spec.endCap,
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'E2BIG')
      throw new ToolFailure(
        'the command, its environment and the sandbox profile together are longer than the system takes; shorten the command, or deny folders instead of single files',
        { cause: error },
      );
    throw error;
  }
}

function endingOf(ended: SpawnEnd): Ending {
  if (!ended.descriptor4.includes(STARTED)) return { kind: 'violation', what: 'the sandbox could not be built' };
  if (ended.signal === 'SIGXCPU') return { kind: 'limit', limit: 'CPU time' };
  if (ended.signal === 'SIGXFSZ') return { kind: 'limit', limit: 'file size' };
  if (ended.signal !== null) return { kind: 'killed', signal: ended.signal };
  const code = ended.code ?? -1;
  // A shell passes on a signal as 128 + its number; SIGXCPU is 24, SIGXFSZ 25 (signal(3)).
  if (code === 128 + 24) return { kind: 'limit', limit: 'CPU time' };
  if (code === 128 + 25) return { kind: 'limit', limit: 'file size' };
  return { kind: 'exited', code };
}

function leftBehind(survivors: number | undefined): string[] {
  if (survivors === undefined)
    return ['the processes could not be listed at the end: something that the command started may still run'];
  if (survivors === 0) return [];
  return [`${survivors} of the processes that the command started could not be ended and may still run`];
}

function resultOf(result: Omit<SandboxResult, 'quarantined' | 'notes'>): SandboxResult {
  return { ...result, quarantined: [], notes: [] };
}

/** Asked anew each time: the compiler believes that a signal once seen unset stays so. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
