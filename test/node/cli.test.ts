import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { copySample } from '../support/sampleStory.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

async function sample(files: Record<string, string> = {}): Promise<{ base: string; work: string }> {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', ...files });
  await copySample(join(base, 'work'));
  return { base, work: join(base, 'work') };
}

const RUN = ['run', 'Find the bug', '--workspace', 'work', '--model', 'demo', '--answers-from-input'];
/** The id of the only run, as `history --json` tells it. */
async function onlyRun(base: string): Promise<Record<string, unknown>> {
  const { stdout } = await runCli(['history', '--json'], { base });
  const lines = stdout.trim().split('\n');
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
}

test('the demo with every question answered y: the bug is mended, the build folder is gone, and all is on record', async () => {
  const { base, work } = await sample();
  const end = await runCli(RUN, { base }, 'y\ny\ny\ny\n');
  expect(end).toMatchObject({ code: 0, stderr: '' });
  expect(end.stdout.match(/Allow\? \[y\/N\]/g)).toHaveLength(4);
  expect(end.stdout).toContain('nothing is sent anywhere');
  expect(readFileSync(join(work, 'src/total.mjs'), 'utf8') + readFileSync(join(work, 'src/total.py'), 'utf8')).toMatch(
    /i < items\.length;|in items\)/,
  );
  expect(existsSync(join(work, 'build'))).toBe(false);

  const run = await onlyRun(base);
  expect(run).toMatchObject({ task: 'Find the bug', folder: work, state: 'finished', actions: 6 });
  const history = await runCli(['history'], { base });
  expect(history.stdout).toMatch(
    /^[0-9a-f]{8} {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}finished\s+6 actions\s+\S+\s+Find the bug\n$/,
  );
  const events = await runCli(['history', String(run['run'])], { base });
  expect(events.stdout).toMatch(
    /run_started[^]*proposed[^]*decided[^]*asked[^]*answered[^]*started[^]*finished[^]*run_finished/,
  );
  expect(await runCli(['history', 'no-such-run'], { base })).toMatchObject({
    code: 67,
    stderr: 'oversign: There is no run no-such-run in the log.\n',
  });
  const verify = await runCli(['verify'], { base });
  expect(verify.stdout).toMatch(/^The chain of \d+ events \(1 to \d+\) is whole, and signed up to event \d+ by /);
  expect(verify.code).toBe(0);
});

test('a no with a reason: the reason is on record, the run goes on, and only that is left undone', async () => {
  const { base, work } = await sample();
  const end = await runCli(RUN, { base }, 'y\ny\ny\nn, it is still needed\n');
  expect(end.code).toBe(0);
  expect(end.stdout).toContain('Denied by an answer that was given beforehand: it is still needed');
  expect(existsSync(join(work, 'build/till.js'))).toBe(true);
  const run = await onlyRun(base);
  const events = await runCli(['history', String(run['run']), '--json'], { base });
  const answers = events.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; data: object; payload?: object });
  expect(answers.filter(({ type }) => type === 'answered').at(-1)).toMatchObject({
    data: { choice: 'deny', by: 'input' },
    payload: { reason: 'it is still needed' },
  });
});

test.each([
  ['nothing', '', 5], // nobody answered
  ['empty lines', '\n\n\n\n', 0],
  ['anything but y', 'yeah\nok\n1\nY es\n', 0],
])('%s on standard input denies everything and changes nothing', async (_, input, code) => {
  const { base, work } = await sample();
  const sources = (): string =>
    ['mjs', 'py', 'sh'].map((ending) => readFileSync(join(work, `src/total.${ending}`), 'utf8')).join('');
  const before = sources();
  const end = await runCli(RUN, { base }, input);
  expect(end.code).toBe(code);
  expect(sources()).toBe(before);
  expect(existsSync(join(work, 'build/BUILD'))).toBe(true);
  expect(end.stdout.match(/\[denied\]/g)).toHaveLength(4);
});

test('--json: one line on standard output, the rest on standard error', async () => {
  const { base } = await sample();
  const end = await runCli([...RUN, '--json'], { base }, 'y\ny\ny\ny\n');
  expect(end.stdout.split('\n')).toHaveLength(2);
  expect(JSON.parse(end.stdout)).toMatchObject({ state: 'finished', turns: 7, questions: 4 });
  expect(end.stderr).toContain('Allow? [y/N]');
});

test.each([
  [['run'], /say what is to be done/],
  [['run', 'x', '--model', 'gpt'], /there is no provider "gpt"/],
  [['run', 'x', '--nonsense'], /--nonsense/],
  [['fly'], /there is no command "fly"/],
  [['run', 'x', '--model', 'openai', '--model-name', 'm'], /There is no API key/],
  [['run', 'x', '--model', 'openai', '--base-url', 'http://127.0.0.1:9'], /No model is named/],
  [
    ['run', 'x', '--model', 'openai', '--model-name', 'm', '--base-url', 'http://example.com/v1'],
    /http:\/\/example\.com is not encrypted/,
  ],
  [['run', 'x', '--model', 'ollama', '--model-name', 'm', '--base-url', 'http://10.1.2.3:11434'], /is not encrypted/],
  [['run', 'x', '--model', 'demo', '--api-key-file', 'no-such-file'], /the API key file no-such-file cannot be read/],
])('wrong usage is exit code 2 and says why: %j', async (args, why) => {
  const { base } = await sample();
  const end = await runCli(args.length > 1 && args[0] === 'run' ? [...args, '--workspace', 'work'] : args, { base });
  expect(end).toMatchObject({ code: 2, stdout: '' });
  expect(end.stderr).toMatch(why);
});

test('help and version', async () => {
  const { base } = await sample();
  expect((await runCli(['--help'], { base })).stdout).toContain('oversign run "task"');
  expect(await runCli(['--version'], { base })).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
  });
  expect((await runCli([], { base })).code).toBe(2);
});

test('an invalid policy has its exit code and says file:line:column, and nothing runs', async () => {
  const { base } = await sample({ 'work/.oversign/policy.yaml': 'timeout: 60\n"tols\x1b[31m": {}\n' });
  const end = await runCli(RUN, { base }, 'y\ny\ny\ny\n');
  expect(end.code).toBe(78);
  expect(end.stderr).toMatch(/\.oversign\/policy\.yaml:2:1: unknown key "tols\\u\{001B\}\[31m"/);
  expect((await runCli(['history'], { base })).stdout).toBe('There is no run yet: oversign run "task" begins one.\n');
  const doctor = await runCli(['doctor', '--workspace', 'work'], { base });
  expect(doctor.code).toBe(78);
  expect(doctor.stdout).toMatch(/^FAIL {2}policy: .*policy\.yaml:2:1/m);
  expect(
    end.stderr + doctor.stdout + (await runCli(['doctor', '--workspace', 'work', '--json'], { base })).stdout,
  ).not.toContain('\x1b');
});

test('a limit is exit code 4, and --resume goes on with the run', async () => {
  const { base } = await sample({ 'tight.yaml': 'max_iterations: 2\n' });
  expect((await runCli([...RUN, '--policy', 'tight.yaml'], { base }, 'y\n')).code).toBe(4);
  const run = await onlyRun(base);
  expect(run).toMatchObject({ state: 'limit' });
  const end = await runCli(['run', ...RUN.slice(2), '--resume', String(run['run'])], { base }, 'y\ny\ny\ny\n');
  expect(end.code).toBe(0);
  expect(await onlyRun(base)).toMatchObject({ run: run['run'], state: 'finished', actions: 6 });
});

test('doctor says what works', async () => {
  const { base, work } = await sample();
  const end = await runCli(['doctor', '--workspace', 'work'], { base });
  expect(end).toMatchObject({ code: 0, stderr: '' });
  expect(end.stdout).toContain(`ok    workspace: ${work}\nok    connections: `);
  expect(end.stdout).toMatch(
    /\nok {4}policy: valid\nok {4}way of working: Ask: .*\nok {4}maximum privacy: off.*\nok {4}sandbox: /,
  );
  const home = await runCli(['doctor', '--workspace', join(base, 'home')], { base });
  expect(home).toMatchObject({ code: 66, stdout: expect.stringContaining('FAIL  workspace: ') as string });
});
