/**
 * `npm test`: static checks, unit and invariant tests, the suite inside a real extension host, and a real browser on
 * the packaged extension. The closing line counts them all; what is left out is listed with its reason, and on CI
 * leaving out is failing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runSteps, STATIC_CHECKS } from '../scripts/check-steps.ts';
import { EXIT_TYPE_A_LINE, prepareMachine, thisMachine } from '../scripts/machine/prepare.ts';
import { sandboxProblem } from '../scripts/machine/sandbox.ts';
import { stopIfClosed } from '../scripts/machine/writable.ts';
import { CHROMIUM } from '../src/shared/systemPackages.ts';
import { runSuite } from './host/runSuite.ts';

const repository = join(import.meta.dirname, '..');
const results = join(repository, 'test-results');
const isCi = process.env['CI'] === 'true';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const total: Count = { passed: 0, failed: 0, skipped: 0 };
const remarks: string[] = [];

const machine = thisMachine();
stopIfClosed(repository, machine);
const missing = await prepareMachine('test', machine);
if (missing === 'stop') process.exit(EXIT_TYPE_A_LINE);
mkdirSync(results, { recursive: true });
// Children find this Node first, not an older one of the system.
process.env['PATH'] = [join(repository, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter);
remarks.push(...missing.map(({ program }) => `not installed: ${program.name}; without it ${program.without}`));
const hasChromium = !missing.some(({ program }) => program === CHROMIUM);

// The tests of the sandbox then fail by the dozen: said before, and once more at the end.
const refusal = await sandboxProblem();
if (refusal) {
  const words = `${refusal.cause} The tests of the sandbox will fail. ${refusal.fix}`;
  console.log(`\n${words}`);
  remarks.push(words);
}

const failedChecks = runSteps(STATIC_CHECKS);
add({ passed: STATIC_CHECKS.length - failedChecks.length, failed: failedChecks.length, skipped: 0 });
remarks.push(...failedChecks.map((name) => `failed: ${name}`));

add(vitest('tests', []));
add(await inEditor());
if (!hasChromium) leaveOut('browser tests', 'Chromium is not installed');
else add(vitest('browser tests', ['--config', 'vitest.e2e.config.ts']));

for (const remark of remarks) console.log(remark);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** Vitest as a process of its own; what it counted, and never less than one failure when it ended badly. */
function vitest(name: string, args: string[]): Count {
  console.log(`\n== ${name}`);
  const report = join(results, `${name.replaceAll(' ', '-')}.json`);
  const { status } = spawnSync(
    process.execPath,
    [
      join(repository, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      ...args,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { cwd: repository, stdio: 'inherit' },
  );
  const counted = JSON.parse(existsSync(report) ? readFileSync(report, 'utf8') : '{}') as {
    numPassedTests?: number;
    numFailedTests?: number;
    numPendingTests?: number;
    testResults?: { assertionResults: { status: string; fullName: string }[] }[];
  };
  for (const { status: state, fullName } of (counted.testResults ?? []).flatMap((file) => file.assertionResults))
    if (state === 'pending' || state === 'skipped') remarks.push(`skipped: ${fullName}`);
  const failed = counted.numFailedTests ?? 0;
  return {
    passed: counted.numPassedTests ?? 0,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: counted.numPendingTests ?? 0,
  };
}

async function inEditor(): Promise<Count> {
  console.log('\n== in the extension host');
  if (!hasChromium) return leaveOut('the extension-host suite', 'Chromium is not installed');
  try {
    const result = await runSuite(repository);
    remarks.push(
      ...result.tests.flatMap(({ name, error }) => (error === undefined ? [] : [`failed: ${name}\n${error}`])),
    );
    return result;
  } catch (error) {
    remarks.push(`failed: the extension-host suite: ${String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function leaveOut(what: string, why: string): Count {
  remarks.push(`${isCi ? 'failed' : 'skipped'}: ${what}: ${why}`);
  return isCi ? { passed: 0, failed: 1, skipped: 0 } : { passed: 0, failed: 0, skipped: 1 };
}

function add(count: Count): void {
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
}
