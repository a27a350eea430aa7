/**
 * `npm test`: static checks, unit and invariant tests, the suite inside a real extension host, and a real browser on
 * the packaged extension. The closing line counts them all; what is left out is listed with its reason, and on CI
 * leaving out is failing. The editor's suites wait for pages most of their time: they run beside the other tests.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runSteps, STATIC_CHECKS } from '../scripts/check-steps.ts';
import { installServer } from '../scripts/install-server.ts';
import { EXIT_TYPE_A_LINE, prepareMachine, thisMachine } from '../scripts/machine/prepare.ts';
import { sandboxProblem } from '../scripts/machine/sandbox.ts';
import { stopIfClosed } from '../scripts/machine/writable.ts';
import { CHROMIUM } from '../src/shared/systemPackages.ts';
import { hostResult } from './host/launch.ts';
import { budgetLines, type FileTime } from './support/budget.ts';
import { runNode, runVitest, type Count, type SuiteEnd } from './support/vitestRun.ts';

const repository = join(import.meta.dirname, '..');
const results = join(repository, 'test-results');
const isCi = process.env['CI'] === 'true';

const total: Count = { passed: 0, failed: 0, skipped: 0 };
const remarks: string[] = [];
const files: FileTime[] = [];

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

const failedChecks = await runSteps(STATIC_CHECKS);
add({ passed: STATIC_CHECKS.length - failedChecks.length, failed: failedChecks.length, skipped: 0 });
remarks.push(...failedChecks.map((name) => `failed: ${name}`));

// Once, before several ask for it at the same time; a failure is theirs to tell.
await installServer().catch(() => undefined);
// Whatever goes wrong beside is told at its turn, and ends nothing here.
const editor = hasChromium ? inEditor().catch(broken) : undefined;
console.log('\n== tests');
addSuite(await runVitest({ name: 'tests', output: 'shown' }, []));
if (editor) console.log('\n== with an editor: begun beside the tests; what is said comes when all of it is done');
for (const [name, end] of (await editor) ?? []) {
  console.log(`\n== ${name}\n${end.output}`);
  addSuite(end);
}
if (!hasChromium)
  for (const suite of ['the extension-host suite', 'browser tests']) leaveOut(suite, 'Chromium is not installed');

for (const remark of remarks) console.log(remark);
for (const line of budgetLines(files)) console.log(line);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** The suites with an editor, one after the other: both build into `dist`, and nothing else does meanwhile. */
async function inEditor(): Promise<[name: string, end: SuiteEnd][]> {
  const host = await inHost();
  const browser = await runVitest({ name: 'browser tests', output: 'kept' }, ['--config', 'vitest.e2e.config.ts']);
  return [
    ['in the extension host', host],
    ['browser tests', browser],
  ];
}

function broken(error: unknown): [name: string, end: SuiteEnd][] {
  const words = [`failed: the suites with an editor: ${String(error)}`];
  return [['with an editor', { passed: 0, failed: 1, skipped: 0, remarks: words, files: [], output: '' }]];
}

async function inHost(): Promise<SuiteEnd> {
  const file = join(results, 'host.json');
  rmSync(file, { force: true });
  const built = await runNode(['esbuild.mjs'], 'kept');
  const { code, output } = await runNode(['test/host/main.ts', file], 'kept');
  const rest = { files: [], output: built.output + output };
  if (code !== 0 || !existsSync(file))
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      remarks: ['failed: the extension-host suite: see what it says'],
      ...rest,
    };
  const { tests, ...count } = hostResult.parse(JSON.parse(readFileSync(file, 'utf8')));
  return {
    ...count,
    remarks: tests.flatMap(({ name, error }) => (error === undefined ? [] : [`failed: ${name}\n${error}`])),
    ...rest,
  };
}

function leaveOut(what: string, why: string): void {
  remarks.push(`${isCi ? 'failed' : 'skipped'}: ${what}: ${why}`);
  add(isCi ? { passed: 0, failed: 1, skipped: 0 } : { passed: 0, failed: 0, skipped: 1 });
}

function addSuite(end: SuiteEnd): void {
  add(end);
  remarks.push(...end.remarks);
  files.push(...end.files);
}

function add(count: Count): void {
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
}
