/** Says what takes longer than a moment, how long it has been at it, and what it has come to. */
import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const TICK_MS = 1000;
const LINE_EVERY = 10; // ticks, where lines cannot be rewritten

interface Shown<T> {
  /** How far it has come ("153 MB"). */
  measure?: () => Promise<string | undefined>;
  /** Whether what came of it is a failure. What is thrown always is. */
  hasFailed?: (result: T) => boolean;
}

/**
 * Does `work` and shows that it goes on: on a terminal by one line that changes each second, elsewhere by a line at the
 * beginning, one each ten seconds, and one at the end.
 */
export async function during<T>(words: string, work: () => Promise<T>, shown: Shown<T> = {}): Promise<T> {
  const { measure = () => Promise.resolve(undefined), hasFailed = () => false } = shown;
  const began = Date.now();
  const isTerminal = process.stdout.isTTY;
  let over = false;
  let ticks = 0;
  const show = async (ending = ''): Promise<void> => {
    const seconds = Math.round((Date.now() - began) / 1000);
    const come = await measure().catch(() => undefined);
    if (over && ending === '') return;
    const line = `${words} ... ${[...(come === undefined ? [] : [come]), `${seconds} s`].join(', ')}${ending}`;
    if (isTerminal) process.stdout.write(`\r\u001b[K${line}${ending === '' ? '' : '\n'}`);
    else if (ending !== '' || ticks % LINE_EVERY === 0) console.log(line);
  };
  if (isTerminal) await show();
  else console.log(`${words} ...`);
  const timer = setInterval(() => {
    ticks += 1;
    void show();
  }, TICK_MS);
  try {
    const result = await work();
    over = true;
    await show(hasFailed(result) ? ' (failed)' : ' (done)');
    return result;
  } catch (error) {
    over = true;
    await show(' (failed)');
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** What stands in a folder, in megabytes of 10^6 bytes; what vanishes meanwhile counts as nothing. */
export async function sizeOf(folder: string): Promise<string> {
  return `${Math.round((await bytesIn(folder)) / 1e6)} MB`;
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let sum = 0;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) sum += await bytesIn(path);
    else if (entry.isFile())
      sum += await stat(path)
        .then(({ size }) => size)
        .catch(() => 0);
  }
  return sum;
}

export interface Ended {
  code: number;
  /** The last part of what it wrote, on both streams. */
  output: string;
}

const KEPT = 8000; // characters of output

/** Runs a program to its end without blocking. A program that cannot be started ends with code 127. */
export function runQuietly(
  argv: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const [file = '', ...args] = argv;
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      ...options,
      stdio: ['inherit', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-KEPT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', ({ message }) => resolve({ code: 127, output: message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
