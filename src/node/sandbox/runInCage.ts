import { bubblewrapOptions, limitedArgv, type Cage } from '../../core/sandbox/bubblewrap.ts';
import type { Ending, SandboxResult, SandboxSpec } from '../../core/sandbox/port.ts';
import { bytesOfPath } from '../files/rawPath.ts';
import { startProcess, type SpawnEnd } from '../process/spawn.ts';
import { watchTree } from './watchdog.ts';

/** Runs one command in a cage that is planned to the last mount; ends it at a stop, a limit, or the time. */
export async function runInCage(
  program: string,
  cage: Cage,
  spec: SandboxSpec,
  signal: AbortSignal,
): Promise<SandboxResult> {
  if (isAborted(signal))
    return { ending: { kind: 'stopped' }, output: '', outputBytes: 0, durationMs: 0, quarantined: [] };
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

/** A cage's options as bubblewrap reads them from a descriptor: each ended by a NUL byte. */
export function optionBytes(cage: Cage): Buffer {
  return bytesOfPath(
    bubblewrapOptions(cage)
      .map((option) => `${option}\0`)
      .join(''),
  );
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

/** Asked anew each time: the compiler believes that a signal once seen unset stays so. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
