import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { inject } from 'vitest';
import * as z from 'zod';

const DRIVER = new URL('terminal.py', import.meta.url).pathname;

/** What must have come from the program before (a regular expression) or null, what is done then, and with what. */
export type Step =
  | [wait: string | null, action: 'send' | 'sh', value: string]
  | [wait: string | null, action: 'hold', value: [key: string, seconds: number]]
  | [wait: string | null, action: 'pause', value: number];

const EndSchema = z.object({ output: z.string(), code: z.number(), failed: z.string().nullable() });
/** `failed`: which step could not be played. Line ends in `output` are plain ones. */
export type TerminalEnd = z.infer<typeof EndSchema>;

export interface Played {
  /** Holds the folders of this run: `data`, `config`, `home`. */
  base: string;
  steps: Step[];
  columns?: number;
  /** Whether a run asks for a further message at its end; it does not, unless that is wanted. */
  asksOn?: boolean;
  /** Around `oversign`: a shell line in which `"$@"` is the program with its arguments. */
  shell?: string;
}

/** Runs `oversign` in a real pseudo-terminal, in which these steps are played. */
export function inTerminal(
  args: readonly string[],
  { base, steps, columns = 100, asksOn = false, shell }: Played,
): Promise<TerminalEnd> {
  const once = args[0] === 'run' && !asksOn ? ['--once'] : [];
  const own = [process.execPath, inject('oversign'), ...args, ...once];
  const command = shell === undefined ? own : ['bash', '--norc', '-c', shell, 'bash', ...own];
  return new Promise((resolve, reject) => {
    execFile(
      'python3',
      [DRIVER, JSON.stringify(steps), String(columns), ...command],
      {
        cwd: base,
        maxBuffer: 64 * 1024 * 1024,
        env: {
          PATH: process.env['PATH'],
          HOME: join(base, 'home'),
          XDG_DATA_HOME: join(base, 'data'),
          XDG_CONFIG_HOME: join(base, 'config'),
          TERM: 'xterm-256color',
          LANG: 'C.UTF-8',
        },
      },
      (error, stdout, stderr) => {
        if (error) reject(new Error(stderr, { cause: error }));
        else {
          const end = EndSchema.parse(JSON.parse(stdout));
          resolve({ ...end, output: end.output.replaceAll('\r\n', '\n') });
        }
      },
    );
  });
}
