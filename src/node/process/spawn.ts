import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** What to start. The environment is exactly `environment`: nothing is inherited. */
export interface SpawnSpec {
  file: string;
  args: readonly string[];
  cwd: string;
  environment: Record<string, string>;
  /** Bytes given on file descriptor 3 and closed, for programs that read their options there. */
  onDescriptor3?: string;
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
      stdio: ['ignore', 'pipe', 'pipe', spec.onDescriptor3 === undefined ? 'ignore' : 'pipe'],
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
    const ended = new Promise<SpawnEnd>((settle) => {
      let ending: [number | null, NodeJS.Signals | null] | undefined;
      const finish = (): void => {
        if (!ending) return;
        for (const stream of streams) stream.destroy();
        settle({ code: ending[0], signal: ending[1], output: Buffer.concat(kept), outputBytes });
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
