import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const repository = join(import.meta.dirname, '..');

/** One static check: a tool of node_modules and its arguments. */
export interface CheckStep {
  name: string;
  tool: string;
  args: string[];
}

/** The longest first: two run at a time. */
export const STATIC_CHECKS: CheckStep[] = [
  { name: 'lint', tool: 'eslint', args: ['.', '--max-warnings', '0'] },
  { name: 'types', tool: 'tsc', args: ['-p', 'tsconfig.json'] },
  { name: 'format', tool: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'types of the core, without Node and DOM', tool: 'tsc', args: ['-p', 'src/core/tsconfig.json'] },
  { name: 'dead code', tool: 'knip', args: [] },
  { name: 'generated files', tool: 'node', args: ['scripts/generate.ts', '--check'] },
];

/** Runs the steps, all of them and two at a time, and returns the names of those that failed. What one says comes whole. */
export async function runSteps(steps: readonly CheckStep[]): Promise<string[]> {
  const waiting = [...steps];
  const failed: string[] = [];
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const { code, output } = await ran(step);
      console.log(`\n== ${step.name}\n${output.trimEnd()}`.trimEnd());
      if (code !== 0) failed.push(step.name);
    }
  };
  await Promise.all([work(), work()]);
  return failed;
}

async function ran({ tool, args }: CheckStep): Promise<{ code: number | null; output: string }> {
  const child = spawn(join(repository, 'node_modules', '.bin', tool), args, {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
    child.once('error', () => {
      resolve(null);
    });
  });
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, output: output + errors };
}
