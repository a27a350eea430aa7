import { expect } from 'vitest';
import { startCli, type CliEnd, type CliOptions } from './cli.ts';
import { plant, temporaryFolder } from './tree.ts';

interface Answer {
  decision: string;
  rule: string;
  reason: string;
  layer: string;
  file?: string;
  line?: number;
}

export interface Decided extends CliEnd {
  answers: Answer[];
}

/** One line of its input. */
export const call = (tool: string, args: unknown): string => JSON.stringify({ tool, arguments: args });
export const command = (text: string): string => call('run_command', { command: text });

/** `oversign decide` on this input, byte for byte; every line of its output has the keys that are promised. */
export async function decide(
  options: CliOptions,
  input: string | Buffer,
  args: readonly string[] = [],
): Promise<Decided> {
  const cli = startCli(['decide', '--workspace', 'work', ...args], options);
  cli.child.stdin?.end(input);
  const end = await cli.ended;
  const answers = end.stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Answer);
  for (const answer of answers) {
    expect(answer.decision).toMatch(/^(allow|ask|deny)$/);
    for (const key of ['rule', 'reason', 'layer'] as const) expect(answer[key]).toMatch(/^[^\p{Cc}\p{Cf}]+$/u);
  }
  return { ...end, answers };
}

export const lines = (...all: string[]): string => all.map((line) => `${line}\n`).join('');
export const short = ({ answers }: Decided): string[] => answers.map(({ decision, rule }) => `${decision} ${rule}`);

/** A folder with a workspace `work` and a home, and a user's policy `user.yaml` that counts only when it is named. */
export async function place(files: Record<string, string> = {}): Promise<string> {
  const base = await temporaryFolder();
  await plant(base, {
    'home/.keep': '',
    'work/README.md': 'hello\n',
    'work/src/main.js': 'one\n',
    'work/.env': 'KEY=hush\n',
    'work/private/plan.txt': 'hush\n',
    'user.yaml': 'tools:\n  file_system:\n    denied_paths: ["private"]\n',
    ...files,
  });
  return base;
}
