import { spawn, type ChildProcess } from 'node:child_process';
import type { Duplex, Readable, Writable } from 'node:stream';

/** What to start. The environment is exactly `environment`: nothing is inherited. */
export interface SpawnSpec {
  file: string;
  args: readonly string[];
  cwd: string;
  environment: Record<string, string>;
  /** Bytes given on file descriptor 3 and closed, for programs that read their options there. */
  onDescriptor3?: Uint8Array;
  /** What the program writes on file descriptor 4 is kept, for programs that report there. */
  readDescriptor4?: boolean;
  /**
   * The program says something on file descriptor 5 when it is ready, and goes on when this says so. A program whose
   * starter has ended or stopped it meanwhile, or says no, reads the end of the stream instead.
   */
  onReady?: (pid: number) => boolean;
  /** Bytes given on file descriptor 6 and closed. */
  onDescriptor6?: Uint8Array;
  /** What the program reads on its standard input; without it there is nothing to read. */
  input?: AsyncIterable<Uint8Array>;
  /** Told of output as it comes, also beyond the cap; no more of that stream is taken while it waits. */
  onOutput?: ((stream: 'stdout' | 'stderr', chunk: Uint8Array) => Promise<void> | undefined) | undefined;
  /** Standard output and standard error beyond this many bytes are counted and dropped. */
  outputCap: number;
  /** Standard error goes nowhere: the output is data. */
  dropsErrors?: boolean;
}

export interface Spawned {
  pid: number;
  /** Settles when the process has ended and its pipes are closed, or a moment after it ended if a pipe stays open. */
  ended: Promise<SpawnEnd>;
  /** What came on file descriptor 4 so far. */
  report(): string;
  kill(): void;
}

export interface SpawnEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: Buffer;
  outputBytes: number;
  descriptor4: string;
}

const PIPE_GRACE_MS = 500;

/**
 * THE one place that starts processes. They lead a process group of their own, and `kill` ends the whole group with
 * SIGKILL.
 */
export function startProcess(spec: SpawnSpec): Promise<Spawned> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(spec.file, spec.args, {
      cwd: spec.cwd,
      env: spec.environment,
      stdio: [
        spec.input ? 'pipe' : 'ignore',
        'pipe',
        spec.dropsErrors ? 'ignore' : 'pipe',
        ...[spec.onDescriptor3, spec.readDescriptor4, spec.onReady, spec.onDescriptor6].map((used) =>
          used ? 'pipe' : 'ignore',
        ),
      ],
      detached: true,
    });
    const kept: Buffer[] = [];
    let outputBytes = 0;
    let keptBytes = 0;
    const take = (stream: 'stdout' | 'stderr', chunk: Buffer): void => {
      outputBytes += chunk.length;
      const waits = spec.onOutput?.(stream, chunk);
      if (waits) {
        child[stream]?.pause();
        void waits.then(() => child[stream]?.resume());
      }
      const room = spec.outputCap - keptBytes;
      if (room <= 0) return;
      const part = chunk.subarray(0, room);
      kept.push(part);
      keptBytes += part.length;
    };
    const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
    child.stdout?.on('data', (chunk: Buffer) => {
      take('stdout', chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      take('stderr', chunk);
    });
    let descriptor4 = '';
    if (spec.readDescriptor4)
      (child.stdio[4] as Readable).on('data', (chunk: Buffer) => {
        descriptor4 += chunk.toString('latin1');
      });
    const gate = spec.onReady ? ((child.stdio as readonly unknown[])[5] as Duplex) : undefined;
    gate?.on('error', () => undefined); // the program may end without having asked
    gate?.once('data', () => {
      if (spec.onReady?.(child.pid ?? 0) === true) gate.end('go\n');
      else gate.destroy();
    });
    const ended = new Promise<SpawnEnd>((settle) => {
      let ending: [number | null, NodeJS.Signals | null] | undefined;
      const finish = (): void => {
        if (!ending) return;
        for (const stream of streams) stream.destroy();
        settle({ code: ending[0], signal: ending[1], output: Buffer.concat(kept), outputBytes, descriptor4 });
      };
      child.once('exit', (code, signal) => {
        ending = [code, signal];
        setTimeout(finish, PIPE_GRACE_MS).unref();
      });
      child.once('close', finish);
    });
    child.once('error', (error) => {
      reject(error);
    });
    child.once('spawn', () => {
      const pid = child.pid ?? 0;
      give(child, 3, spec.onDescriptor3);
      give(child, 6, spec.onDescriptor6);
      if (spec.input && child.stdin) void feed(spec.input, child.stdin);
      resolve({
        pid,
        ended,
        report: () => descriptor4,
        kill: () => {
          gate?.destroy();
          try {
            process.kill(-pid, 'SIGKILL');
          } catch {
            child.kill('SIGKILL');
          }
        },
      });
    });
  });
}

/** The program may end before it has read all. */
function give(child: ChildProcess, descriptor: number, bytes: Uint8Array | undefined): void {
  if (bytes === undefined) return;
  const pipe = (child.stdio as readonly unknown[])[descriptor] as Writable;
  pipe.on('error', () => undefined);
  pipe.end(bytes);
}

/** As fast as the program reads; what it does not read any more is dropped. */
async function feed(input: AsyncIterable<Uint8Array>, pipe: Writable): Promise<void> {
  pipe.on('error', () => undefined);
  try {
    for await (const chunk of input) {
      if (pipe.destroyed) break;
      if (!pipe.write(chunk)) await new Promise((resolve) => pipe.once('drain', resolve).once('close', resolve));
    }
  } catch {
    // an input that breaks off ends here
  }
  pipe.end();
}
