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
   * The program says something on file descriptor 5 when it is ready, and goes on when it is answered there. A
   * program whose starter has ended or stopped it meanwhile reads the end of the stream instead.
   */
  waitsOnDescriptor5?: boolean;
  /** Standard output and standard error beyond this many bytes are counted and dropped. */
  outputCap: number;
}

export interface Spawned {
  pid: number;
  /** Settles when the process has ended and its pipes are closed, or a moment after it ended if a pipe stays open. */
  ended: Promise<SpawnEnd>;
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
 * THE one place that starts processes. They lead a process group of their own, have no standard input, and
 * `kill` ends the whole group with SIGKILL.
 */
export function startProcess(spec: SpawnSpec): Promise<Spawned> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(spec.file, spec.args, {
      cwd: spec.cwd,
      env: spec.environment,
      stdio: [
        'ignore',
        'pipe',
        'pipe',
        ...[spec.onDescriptor3, spec.readDescriptor4, spec.waitsOnDescriptor5].map((used) =>
          used ? 'pipe' : 'ignore',
        ),
      ],
      detached: true,
    });
    const kept: Buffer[] = [];
    let outputBytes = 0;
    let keptBytes = 0;
    const take = (chunk: Buffer): void => {
      outputBytes += chunk.length;
      const room = spec.outputCap - keptBytes;
      if (room <= 0) return;
      const part = chunk.subarray(0, room);
      kept.push(part);
      keptBytes += part.length;
    };
    const streams = [child.stdout, child.stderr] as Readable[];
    for (const stream of streams) stream.on('data', take);
    let descriptor4 = '';
    if (spec.readDescriptor4)
      (child.stdio[4] as Readable).on('data', (chunk: Buffer) => {
        descriptor4 += chunk.toString('latin1');
      });
    const gate = spec.waitsOnDescriptor5 ? ((child.stdio as readonly unknown[])[5] as Duplex) : undefined;
    gate?.on('error', () => undefined); // the program may end without having asked
    gate?.once('data', () => gate.end('go\n'));
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
      if (spec.onDescriptor3 !== undefined) {
        const pipe = child.stdio[3] as Writable;
        pipe.on('error', () => undefined); // the program may end before it has read all
        pipe.end(spec.onDescriptor3);
      }
      resolve({
        pid,
        ended,
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
