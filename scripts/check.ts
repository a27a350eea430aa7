/** `npm run check`: format, lint, types, dead code, boundaries, unit tests. Says which failed; stops at none. */
import { runSteps, STATIC_CHECKS } from './check-steps.ts';

const failed = runSteps([
  ...STATIC_CHECKS,
  { name: 'boundaries and unit tests', tool: 'vitest', args: ['run', 'test/unit', 'test/architecture'] },
]);
console.log(failed.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
