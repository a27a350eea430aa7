/** `npm run check`: format, lint, types, dead code, boundaries, unit tests. Says which failed; stops at none. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runSteps, STATIC_CHECKS } from './check-steps.ts';

const repository = join(import.meta.dirname, '..');
const failed = await runSteps(STATIC_CHECKS);
console.log('\n== boundaries and unit tests');
const vitest = [join(repository, 'node_modules', 'vitest', 'vitest.mjs'), 'run', 'test/unit', 'test/architecture'];
const { status } = spawnSync(process.execPath, vitest, { cwd: repository, stdio: 'inherit' });
if (status !== 0) failed.push('boundaries and unit tests');
console.log(failed.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
