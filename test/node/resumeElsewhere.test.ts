import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { copySample } from '../support/sampleStory.ts';
import { inTerminal, type Step } from '../support/terminal.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const DEMO = ['--model', 'demo'];

/** A run that stopped at a limit in `work`, which is called `moved` by now; another folder has its old name. */
async function moved(): Promise<{ base: string; run: string }> {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', 'one.yaml': 'max_iterations: 1\n' });
  await copySample(join(base, 'work'));
  const args = ['run', 'Find the bug', '--workspace', 'work', '--policy', 'one.yaml', ...DEMO];
  expect((await runCli(args, { base })).code).toBe(4);
  const { stdout } = await runCli(['history', '--json'], { base });
  renameSync(join(base, 'work'), join(base, 'moved'));
  mkdirSync(join(base, 'work'));
  return { base, run: String((JSON.parse(stdout) as Record<string, unknown>)['run']) };
}

async function bindings(base: string, run: string): Promise<{ data: object; payload: object }[]> {
  const { stdout } = await runCli(['history', run, '--json'], { base });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; data: object; payload: object })
    .filter(({ type }) => type === 'folders_bound');
}

test('resumed where its folder stands now: asked first, left as it is by whoever says nothing, and --folder says it', async () => {
  const { base, run } = await moved();
  const [old, now] = [join(base, 'work'), join(base, 'moved')];
  const unasked = await runCli(['run', '--resume', run, '--workspace', 'moved', ...DEMO], { base }, 'y\n');
  expect(unasked).toMatchObject({ code: 1 });
  expect(unasked.stdout).toContain(`${old} is now ${now}: the same folder on the disk.`);
  expect(unasked.stdout).toContain(`Go on in ${now}? [y/N]`);
  expect(unasked.stderr).toContain('the run is left as it is; --folder DIR says beforehand where it goes on');
  const other = await runCli(['run', '--resume', run, '--workspace', 'work', ...DEMO], { base });
  expect(other.stdout).toContain(`Another folder stands at ${old} than when it began.`);
  expect(other.code).toBe(1);
  expect(await bindings(base, run)).toEqual([]);

  const said = await runCli(
    ['run', '--resume', run, '--folder', 'moved', '--answers-from-input', ...DEMO],
    { base },
    '',
  );
  expect(said.stdout).not.toContain('Go on in');
  expect(await bindings(base, run)).toMatchObject([
    {
      data: { moved: 1, by: 'option', at: 'terminal' },
      payload: { folders: [{ from: old, to: now, shownBy: 'file' }] },
    },
  ]);
  const report = await runCli(['report', run], { base });
  expect(report.stdout).toContain('as the command line said (--folder)');
});

test('a person at a terminal is asked, and what they say is recorded as theirs', async () => {
  const { base, run } = await moved();
  const steps: Step[] = [
    ['Go on in .*\\? \\[y/N\\]', 'send', 'y\r'],
    ['Allow\\?', 'send', '\u0003'],
  ];
  const end = await inTerminal(['run', '--resume', run, '--workspace', 'moved', ...DEMO], {
    base,
    steps,
    columns: 300,
  });
  expect(end).toMatchObject({ failed: null, code: 3 });
  expect(await bindings(base, run)).toMatchObject([{ data: { moved: 1, by: 'person', at: 'terminal' } }]);
});

test.each([
  [['run', 'a task', '--folder', 'moved']],
  [['run', '--resume', 'x', '--folder', 'moved', '--workspace', 'moved']],
  [['history', '--folder', 'moved']],
])('%j is wrong usage', async (args) => {
  const base = await temporaryFolder();
  expect((await runCli(args, { base })).code).toBe(2);
});
