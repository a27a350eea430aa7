import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { copySample } from '../support/sampleStory.ts';
import { inTerminal, type Step } from '../support/terminal.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const RUN = ['run', 'Find the bug', '--workspace', 'work'];

async function place(): Promise<string> {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '' });
  await copySample(join(base, 'work'));
  return base;
}

interface Said {
  by: unknown;
  choice: unknown;
  at: unknown;
  place: unknown;
}

/** Who answered the questions of the only run, and what stopped it, as the log has it. */
function said(base: string): { answers: Said[]; end: Record<string, unknown> } {
  using database = new DatabaseSync(join(base, 'data/oversign/audit.db'), { readOnly: true });
  const data = (type: string): Record<string, unknown>[] =>
    database
      .prepare('SELECT body FROM events WHERE type = ? ORDER BY seq')
      .all(type)
      .map(({ body }) => (JSON.parse(String(body)) as { data: Record<string, unknown> }).data);
  const answers = data('answered').map(({ by, choice, at, place: where }) => ({ by, choice, at, place: where }));
  return { answers, end: data('run_finished').at(-1) ?? {} };
}

/** The demo, with this on its standard input. */
async function answersTo(input: string, ...options: string[]): Promise<{ answers: Said[]; stdout: string }> {
  const base = await place();
  const { stdout } = await runCli([...RUN, '--model', 'demo', ...options], { base }, input);
  return { answers: said(base).answers, stdout };
}

const NOBODY = { by: 'nobody', choice: 'deny', at: undefined, place: undefined };

test.each([
  ['nothing', ''],
  ['a yes for each question', 'y\ny\ny\ny\n'],
])('where no terminal is, %s on standard input is nobody, who approves nothing', async (_, input) => {
  const { answers, stdout } = await answersTo(input);
  expect(answers).toHaveLength(4);
  for (const answer of answers) expect(answer).toEqual(NOBODY);
  expect(stdout.match(/count as answers with --answers-from-input alone/g)).toHaveLength(1);
});

test('lines that are said to be answers are input, not a person; after their end nobody is there', async () => {
  const { answers } = await answersTo('y\nn\n', '--answers-from-input');
  const [first, second, ...more] = answers;
  expect(first).toEqual({ ...NOBODY, by: 'input', choice: 'approve' });
  expect(second).toEqual({ ...NOBODY, by: 'input' });
  expect(more.length).toBeGreaterThan(0);
  for (const answer of more) expect(answer).toEqual(NOBODY);
});

test('a person is recorded with their terminal; Ctrl+D says no, and Ctrl+C stops, as a person', async () => {
  const base = await place();
  const steps: Step[] = [
    ['Allow\\?', 'send', 'y\r'],
    ['Allow\\?', 'send', '\u0004'],
    ['Allow\\?', 'send', '\u0003'],
  ];
  const end = await inTerminal(RUN, { base, steps });
  expect(end).toMatchObject({
    failed: null,
    code: 3,
    output: expect.stringContaining('You pressed Ctrl+C.') as string,
  });
  const { answers, end: stopped } = said(base);
  const here = { at: 'terminal', place: expect.stringMatching(/^\/dev\/pts\/\d+$/) as string };
  expect(answers).toEqual([
    { by: 'person', choice: 'approve', ...here },
    { by: 'person', choice: 'deny', ...here },
    { by: 'cancelled', choice: 'deny', ...here },
  ]);
  expect(stopped).toMatchObject({ state: 'stopped', by: 'person', ...here });
  const report = await runCli(['report', await onlyRun(base)], { base });
  expect(report.stdout).toMatch(/Stopped by: `you at terminal pts\/\d+`/);
  expect(report.stdout).toMatch(/3 questions \(1 approved, 1 denied; .*; 1 without an answer\)/);
  expect(report.stdout).toMatch(/approved by you at terminal pts\/\d+/);
});

async function onlyRun(base: string): Promise<string> {
  const { stdout } = await runCli(['history', '--json'], { base });
  return (JSON.parse(stdout) as { run: string }).run;
}

test('the demo is taken unasked only by a person at a terminal', async () => {
  const base = await place();
  expect(await runCli(RUN, { base })).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('name a model: --model demo') as string,
  });
  const end = await inTerminal(RUN, { base, steps: [['Allow\\?', 'send', '\u0003']] });
  expect(end).toMatchObject({ failed: null, code: 3 }); // the control
});
