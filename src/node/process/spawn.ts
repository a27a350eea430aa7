import { spawn, type ChildProcess } from 'node:child_process';
import type { Duplex, Readable, Writable } from 'node:stream';

/** What to start. The environment is exactly `environment`: nothing is inherited. */
export interface Program {
  file: string;
  args: readonly string[];
  cwd: string;
  environment: Record<string, string>;
}

/** What is said to a program and heard from it. */
export interface Talk {
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
  input?: AsyncIterable<Uint8Array> | undefined;
  /** Told of output as it comes, also beyond the cap; no more of that stream is taken while it waits. */
  onOutput?: ((stream: 'stdout' | 'stderr', chunk: Uint8Array) => Promise<void> | undefined) | undefined;
  /** Standard output and standard error beyond this many bytes are counted and dropped. */
  outputCap: number;
  /** Of what is beyond, the last bytes, so many, are kept all the same. */
  endCap?: number | undefined;
}

export interface SpawnSpec extends Program, Talk {
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
  /** The end of what did not fit into it. */
  end: Buffer;
  outputBytes: number;
  descriptor4: string;
}

/** A program that has been started and waits to be talked to. It does not keep this process alive. */
export interface Prepared {
  pid: number;
  hasEnded(): boolean;
  /** Once. */
  begin(talk: Talk): Spawned;
  kill(): void;
}

/** Which pipes a program gets; what is left out is nothing (standard input, standard error) or closed. */
export type Pipes = readonly (0 | 2 | 3 | 4 | 5 | 6)[];

const PIPE_GRACE_MS = 500;

/** Starts a program and talks to it at once; see `prepareProcess`. */
export async function startProcess(spec: SpawnSpec): Promise<Spawned> {
  const pipes: Pipes = [
    ...(spec.input ? ([0] as const) : []),
    ...(spec.dropsErrors === true ? [] : ([2] as const)),
    ...(spec.onDescriptor3 ? ([3] as const) : []),
    ...(spec.readDescriptor4 === true ? ([4] as const) : []),
    ...(spec.onReady ? ([5] as const) : []),
    ...(spec.onDescriptor6 ? ([6] as const) : []),
  ];
  return (await prepareProcess(spec, pipes)).begin(spec);
}

/**
 * THE one place that starts processes. They lead a process group of their own, and `kill` ends the whole group with
 * SIGKILL.
 */
export function prepareProcess({ file, args, cwd, environment }: Program, pipes: Pipes): Promise<Prepared> {
  return new Promise((resolve, reject) => {
    const pipe = (descriptor: Pipes[number]): 'pipe' | 'ignore' => (pipes.includes(descriptor) ? 'pipe' : 'ignore');
    const child: ChildProcess = spawn(file, args, {
      cwd,
      env: environment,
      stdio: [pipe(0), 'pipe', pipe(2), pipe(3), pipe(4), pipe(5), pipe(6)],
      detached: true,
    });
    let ending: [number | null, NodeJS.Signals | null] | undefined;
    child.once('exit', (code, signal) => {
      ending = [code, signal];
    });
    child.once('error', reject);
    child.once('spawn', () => {
      keepAlive(child, false);
      resolve({
        pid: child.pid ?? 0,
        hasEnded: () => ending !== undefined,
        begin: (talk) => {
          keepAlive(child, true);
          return talkTo(child, talk, () => ending);
        },
        kill: () => {
          killGroup(child);
        },
      });
    });
  });
}

/** A helper of Oversign's own that speaks over a channel (`process.send`), through whatever starts it. */
export interface Helper {
  pid: number;
  /** Told of each message, with the handle that came along. */
  onMessage(take: (message: unknown, handle: unknown) => void): void;
  /** Settles when it has ended, for whatever reason. */
  ended: Promise<void>;
  kill(): void;
}

/** Starts one. It hears nothing else and says nothing else, and does not keep this process alive. */
export function startHelper({ file, args, cwd, environment }: Program): Promise<Helper> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      env: environment,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      detached: true,
    });
    const ended = new Promise<void>((settle) => {
      child.once('exit', () => {
        settle();
      });
    });
    child.once('error', reject);
    child.once('spawn', () => {
      child.on('error', () => undefined); // a message to one that has ended
      child.unref();
      child.channel?.unref();
      resolve({
        pid: child.pid ?? 0,
        onMessage: (take) => {
          child.on('message', take);
        },
        ended,
        kill: () => {
          killGroup(child);
        },
      });
    });
  });
}

function keepAlive(child: ChildProcess, isWanted: boolean): void {
  const owners = [child, ...child.stdio] as ({ ref?(): void; unref?(): void } | null)[];
  for (const owner of owners)
    if (isWanted) owner?.ref?.();
    else owner?.unref?.();
}

function killGroup(child: ChildProcess): void {
  try {
    process.kill(-(child.pid ?? Number.NaN), 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

function talkTo(
  child: ChildProcess,
  talk: Talk,
  ending: () => [number | null, NodeJS.Signals | null] | undefined,
): Spawned {
  const pid = child.pid ?? 0;
  const kept: Buffer[] = [];
  const end = new LastBytes(talk.endCap ?? 0);
  let outputBytes = 0;
  let keptBytes = 0;
  const take = (stream: 'stdout' | 'stderr', chunk: Buffer): void => {
    outputBytes += chunk.length;
    const waits = talk.onOutput?.(stream, chunk);
    if (waits) {
      child[stream]?.pause();
      const goOn = (): void => {
        child[stream]?.resume();
      };
      waits.then(goOn, goOn); // also where it failed: the program must not wait for ever
    }
    const part = chunk.subarray(0, Math.max(0, talk.outputCap - keptBytes));
    if (part.length > 0) kept.push(part);
    keptBytes += part.length;
    if (part.length < chunk.length) end.take(chunk.subarray(part.length));
  };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]?.on('data', (chunk: Buffer) => {
      take(stream, chunk);
    });
  let descriptor4 = '';
  const stdio: readonly unknown[] = child.stdio;
  if (talk.readDescriptor4)
    (stdio[4] as Readable).on('data', (chunk: Buffer) => {
      descriptor4 += chunk.toString('latin1');
    });
  const gate = talk.onReady ? (stdio[5] as Duplex) : undefined;
  gate?.on('error', () => undefined); // the program may end without having asked
  gate?.once('data', () => {
    if (talk.onReady?.(pid) === true) gate.end('go\n');
    else gate.destroy();
  });
  const ended = new Promise<SpawnEnd>((settle) => {
    const finish = (): void => {
      const [code, signal] = ending() ?? [null, null];
      for (const stream of [child.stdout, child.stderr]) stream?.destroy();
      // What fits into both is one: a character may begin in the first and end in the second.
      const fits = outputBytes <= talk.outputCap + (talk.endCap ?? 0);
      const parts = fits ? { output: Buffer.concat([...kept, end.bytes()]), end: Buffer.alloc(0) } : undefined;
      settle({ code, signal, output: Buffer.concat(kept), end: end.bytes(), ...parts, outputBytes, descriptor4 });
    };
    const exited = (): void => {
      setTimeout(finish, PIPE_GRACE_MS).unref();
    };
    if (ending()) exited();
    else child.once('exit', exited);
    child.once('close', finish);
  });
  give(stdio[3] as Writable | null, talk.onDescriptor3);
  give(stdio[6] as Writable | null, talk.onDescriptor6);
  if (child.stdin) void feed(talk.input, child.stdin);
  return {
    pid,
    ended,
    report: () => descriptor4,
    kill: () => {
      gate?.destroy();
      killGroup(child);
    },
  };
}

/** The last bytes of what comes, at most so many. */
class LastBytes {
  readonly #most: number;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  take(chunk: Buffer): void {
    if (this.#most === 0) return;
    this.#parts.push(Buffer.from(chunk)); // not a view that holds more in memory than it shows
    this.#size += chunk.length;
    // Twice as much may lie here, so that not every byte is moved for each chunk.
    if (this.#size > 2 * this.#most) [this.#parts, this.#size] = [[this.bytes()], this.#most];
  }

  bytes(): Buffer {
    const all = Buffer.concat(this.#parts);
    return Buffer.from(all.subarray(Math.max(0, all.length - this.#most)));
  }
}

/** The program may end before it has read all. */
function give(pipe: Writable | null | undefined, bytes: Uint8Array | undefined): void {
  if (!pipe || bytes === undefined) return;
  pipe.on('error', () => undefined);
  pipe.end(bytes);
}

/** As fast as the program reads; what it does not read any more is dropped. */
async function feed(input: AsyncIterable<Uint8Array> | undefined, pipe: Writable): Promise<void> {
  pipe.on('error', () => undefined);
  try {
    for await (const chunk of input ?? []) {
      if (pipe.destroyed) break;
      if (!pipe.write(chunk)) await new Promise((resolve) => pipe.once('drain', resolve).once('close', resolve));
    }
  } catch {
    // an input that breaks off ends here
  }
  pipe.end();
}
