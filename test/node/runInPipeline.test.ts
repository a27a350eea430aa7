import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { copySample } from '../support/sampleStory.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

// `oversign run` where nobody is: where its task comes from, and what it writes.

async function sample(files: Record<string, string> = {}): Promise<string> {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', ...files });
  await copySample(join(base, 'work'));
  return base;
}

const DEMO = ['--workspace', 'work', '--model', 'demo', '--look'];
const parsed = (stdout: string): Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('a task from a pipe, said with "-" and without, and from a file: each is the task of its run', async () => {
  const base = await sample({ 'task.md': 'from a file\n' });
  const quiet = await runCli(['run', '-', ...DEMO, '--quiet', '--last-message', 'last.md'], { base }, 'from a pipe\n');
  expect(quiet).toMatchObject({ code: 0, stderr: '' });
  // Nothing but what the agent said last, and the same in the file.
  expect(readFileSync(join(base, 'last.md'), 'utf8')).toBe(quiet.stdout);
  expect(quiet.stdout).toMatch(/\S/);
  expect(quiet.stdout).not.toMatch(/Model:|^\[|finished:/m);
  await runCli(['run', ...DEMO, '--quiet'], { base }, 'from a pipe that nobody named\n');
  const stream = await runCli(['run', '--task-file', 'task.md', ...DEMO, '--output-format', 'stream-json'], { base });
  const objects = parsed(stream.stdout);
  const { run, message } = objects.at(-1) ?? {};
  expect(objects.at(-1)).toMatchObject({ format: 'oversign.run/1', state: 'finished', exit: 'done', code: 0 });
  expect(message).toMatch(/\S/);
  // Every event of the log, in its order, and as the log has it.
  const log = await runCli(['history', String(run), '--json'], { base });
  expect(objects.slice(0, -1)).toEqual(parsed(log.stdout));
  expect(objects.length).toBeGreaterThan(5);
  const history = await runCli(['history', '--json'], { base });
  expect(parsed(history.stdout).map(({ task }) => task)).toEqual([
    'from a file',
    'from a pipe that nobody named',
    'from a pipe',
  ]);
  // A short name and "last" are the run, and the list says it by its short name.
  const list = await runCli(['history', '--limit', '1'], { base });
  const short = String(run).slice(0, 8);
  expect(list.stdout).toMatch(
    new RegExp(`^${short}  [^\\n]*from a file\\nAnd 2 earlier runs: --limit N shows so many\\.\\n$`),
  );
  const whole = await runCli(['history', String(run)], { base });
  expect((await runCli(['history', short], { base })).stdout).toBe(whole.stdout);
  expect((await runCli(['history', 'last'], { base, cwd: join(base, 'work') })).stdout).toBe(whole.stdout);
  expect(await runCli(['history', 'last'], { base })).toMatchObject({
    code: 67,
    stderr: expect.stringContaining('There is no run last in this folder') as string,
  });
  const on = await runCli(['run', '--continue', 'and more', ...DEMO, '--json'], { base });
  expect(parsed(on.stdout).at(-1)).toMatchObject({ run, state: 'finished' });
}, 180_000);

test.each<[string, string[], string, RegExp]>([
  ['a task twice', ['x', '--task-file', 'task.md'], '', /not both/],
  ['a file that is not there', ['--task-file', 'none.md'], '', /none\.md cannot be read \(ENOENT\)/],
  ['an empty file', ['--task-file', 'empty.md'], '', /empty\.md is empty/],
  ['bytes that are no text', ['--task-file', 'bytes.md'], '', /not UTF-8/],
  ['an empty pipe that was named', ['-'], '', /standard input is empty/],
  ['an empty pipe that was not', [], '', /say what is to be done/],
  ['answers and a task from one input', ['-', '--answers-from-input'], 'x\n', /cannot give the task too/],
  ['a form that is none', ['x', '--output-format', 'xml'], '', /choose one of text, json, stream-json/],
  ['a message file in no folder', ['x', '--last-message', 'no/such/folder'], '', /cannot be written \(ENOENT\)/],
  ['two ways to go on', ['x', '--continue', '--resume', 'y'], '', /one of them/],
])('%s is wrong usage, and nothing runs', async (_name, words, input, why) => {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', 'work/a.txt': '', 'task.md': 'x', 'empty.md': ' \n' });
  writeFileSync(join(base, 'bytes.md'), Buffer.from([0xff, 0xfe]));
  const end = await runCli(['run', ...words, ...DEMO], { base }, input);
  expect(end).toMatchObject({ code: 2, stdout: '' });
  expect(end.stderr).toMatch(why);
  expect(existsSync(join(base, 'data'))).toBe(false);
});
