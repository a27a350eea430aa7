import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '..');

/** One static check: a tool of node_modules and its arguments. */
export interface CheckStep {
  name: string;
  tool: string;
  args: string[];
}

export const STATIC_CHECKS: CheckStep[] = [
  { name: 'format', tool: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'lint', tool: 'eslint', args: ['.', '--max-warnings', '0'] },
  { name: 'types', tool: 'tsc', args: ['-p', 'tsconfig.json'] },
  { name: 'types of the core, without Node and DOM', tool: 'tsc', args: ['-p', 'src/core/tsconfig.json'] },
  { name: 'generated files', tool: 'node', args: ['scripts/generate.ts', '--check'] },
  { name: 'dead code', tool: 'knip', args: [] },
];

/** Runs the steps, all of them, and returns the names of those that failed. */
export function runSteps(steps: readonly CheckStep[]): string[] {
  return steps.flatMap(({ name, tool, args }) => {
    console.log(`\n== ${name}`);
    const { status } = spawnSync(join(repository, 'node_modules', '.bin', tool), args, {
      cwd: repository,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
    return status === 0 ? [] : [name];
  });
}
