import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { inject } from 'vitest';
import { NO_ENGINE } from './noEngine.ts';

export interface CliOptions {
  /** Holds the folders of this run: `data`, `config`, `home`. */
  base: string;
  cwd?: string;
  environment?: Record<string, string>;
  /** Node's own options, before the program. */
  node?: string[];
}

export interface CliEnd {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Cli {
  child: ChildProcess;
  /** Everything it has written so far, on both streams. */
  output(): string;
  ended: Promise<CliEnd>;
}

/** Starts `oversign` as users do, with its own folders and none of this process's environment but PATH. */
export function startCli(args: readonly string[], { base, cwd = base, environment = {}, node = [] }: CliOptions): Cli {
  const child = spawn(process.execPath, [...node, inject('oversign'), ...args], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      ...NO_ENGINE,
      HOME: join(base, 'home'),
      XDG_DATA_HOME: join(base, 'data'),
      XDG_CONFIG_HOME: join(base, 'config'),
      ...environment,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined); // it may end before it has read all
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return {
    child,
    output: () => stdout + stderr,
    ended: new Promise((resolve, reject) => {
      child.once('error', reject); // such as a folder that is not there
      child.on('close', (code) => {
        resolve({ code, stdout, stderr });
      });
    }),
  };
}

/** Runs `oversign` with these lines on its standard input, which then ends. */
export function runCli(args: readonly string[], options: CliOptions, input = ''): Promise<CliEnd> {
  const cli = startCli(args, options);
  cli.child.stdin?.end(input);
  return cli.ended;
}
