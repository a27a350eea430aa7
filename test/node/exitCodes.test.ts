import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { EXITS, exitLines, type ExitName } from '../../src/cli/exitCodes.ts';
import { isCommand, PAGES } from '../../src/cli/help/usage.ts';
import { runCli, type CliEnd } from '../support/cli.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

// The same fault has the same exit code in every command, and is told to programs as an object.

const CALL = '{"tool":"list_directory"}\n';
const DEMO = ['--model', 'demo'];

/** A fault: what makes it, and every command in which it can come up. */
const FAULTS: { exit: ExitName; where: string; base: string; commands: string[][] }[] = [
  {
    exit: 'workspace',
    where: 'a workspace that is not there',
    base: 'plain',
    commands: [
      ['run', 'x', ...DEMO, '--workspace', 'nowhere'],
      ['run', 'x', ...DEMO, '--workspace', '/'],
      ['models', '--workspace', 'nowhere'],
      ['doctor', '--workspace', 'nowhere'],
      ['decide', '--workspace', 'nowhere'],
      ['sandbox', '--workspace', 'nowhere', '--', 'true'],
      ['policy', 'check', '--workspace', 'nowhere'],
      ['policy', 'show', '--workspace', 'nowhere'],
      ['policy', 'accept', '--workspace', 'nowhere'],
    ],
  },
  {
    exit: 'policy',
    where: 'a policy that is not valid',
    base: 'broken',
    commands: [
      ['run', 'x', ...DEMO, '--workspace', 'work'],
      ['models', '--workspace', 'work'],
      ['doctor', '--workspace', 'work'],
      ['decide', '--workspace', 'work'],
      ['sandbox', '--workspace', 'work', '--', 'true'],
      ['policy', 'check', '--workspace', 'work'],
      ['policy', 'check', 'work/.oversign/policy.yaml'],
      ['policy', 'show', '--workspace', 'work'],
      ['policy', 'accept', '--workspace', 'work'],
    ],
  },
  {
    exit: 'log',
    where: 'a log that cannot be opened',
    base: 'log',
    commands: [
      ['run', 'x', ...DEMO, '--workspace', 'work'],
      ['doctor', '--workspace', 'work'],
      ['sandbox', '--workspace', 'work', '--', 'true'],
      ['policy', 'accept', '--workspace', 'work'],
      ['models', '--workspace', 'work'],
      ['review', '--workspace', 'work'],
      ...['history', 'questions', 'runs', 'key'].map((command) => [command]),
      ...['history', 'report', 'stop', 'undo'].map((command) => [command, 'last']),
      ['erase', '--run', 'last', '--yes'],
    ],
  },
  {
    exit: 'run',
    where: 'a run that is not there',
    base: 'plain',
    commands: [
      ...['history', 'report', 'stop', 'undo', 'review'].map((command) => [command, 'no-such-run']),
      ...['history', 'report', 'stop', 'undo', 'review'].map((command) => [command, 'last']),
      ['export', '--run', 'no-such-run'],
      ['erase', '--run', 'no-such-run', '--yes'],
      ['run', '--resume', 'no-such-run', ...DEMO, '--workspace', 'work'],
      ['run', '--continue', ...DEMO, '--workspace', 'work'],
      ['run', '--take-over', 'no-such-run', ...DEMO, '--workspace', 'work'],
      ['run', 'x', '--fork', 'no-such-run', ...DEMO, '--workspace', 'work'],
    ],
  },
  {
    exit: 'nothing',
    where: 'no log at all',
    base: 'bare',
    commands: [['verify'], ['export'], ['verify', 'no-such-file']],
  },
  {
    exit: 'usage',
    where: 'an option that is none',
    base: 'plain',
    commands: Object.keys(PAGES).map((command) => [command, '--no-such-option']),
  },
  {
    exit: 'usage',
    where: 'wrong usage of other kinds',
    base: 'plain',
    commands: [[], ['fly'], ['run'], ['history', '--limit', 'x'], ['erase'], ['policy'], ['sandbox', 'true']],
  },
];

const removals: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const remove of removals) await remove();
});

async function baseOf(kind: string): Promise<string> {
  const base = await temporaryFolder((remove) => removals.push(remove));
  await plant(base, { 'home/.keep': '', 'work/a.txt': 'a\n' });
  if (kind === 'broken') await plant(base, { 'work/.oversign/policy.yaml': 'timeout: 60\ntols: {}\n' });
  if (kind === 'log') writeFileSync(join(base, 'data'), 'no folder');
  if (kind === 'plain') await runCli(['history'], { base }); // the log is begun
  return base;
}

/** What was said to programs, at the end of standard output. */
function told({ stdout }: CliEnd): Record<string, unknown> {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;
}

/** Each fault's folders are made once: nothing here changes them. */
const bases = new Map<string, Promise<string>>();
const baseFor = (kind: string): Promise<string> => {
  const made = bases.get(kind) ?? baseOf(kind);
  bases.set(kind, made);
  return made;
};

const ROWS = FAULTS.flatMap(({ exit, where, base, commands }) =>
  commands.map((words) => ({ exit, where, base, words, line: words.join(' ') })),
);

test.each(ROWS)('$where: oversign $line ends as $exit', async ({ exit, base: kind, words }) => {
  const base = await baseFor(kind);
  const at = words.includes('--') ? words.indexOf('--') : words.length;
  const end = await runCli(words.toSpliced(at, 0, '--json'), { base }, CALL);
  const { format, code, error, message } = told(end);
  const isError = format === 'oversign.error/1';
  // A command that has an object of its own for it says there what it found.
  if (isError)
    expect({ code, error, message }).toEqual({
      ...{ code: EXITS[exit].code, error: exit },
      message: expect.stringMatching(/\S/) as string,
    });
  else
    expect(['check', 'check-item', 'decision', 'policy-check']).toContain(
      /^oversign\.(.*)\/1$/.exec(String(format))?.[1],
    );
  expect(end.stderr).not.toMatch(/\n\s+at |This is a fault of Oversign/);
  expect(end.code).toBe(EXITS[exit].code);
});

test('a key that is refused is the same for a run and for the list of models', async () => {
  const base = await baseOf('plain');
  const server = await openAiServer(() => ({ text: 'hello' }));
  onTestFinished(() => server.close());
  const environment = { OPENAI_API_KEY: 'sk-wrong' };
  const at = ['--model', 'openai', '--base-url', server.url, '--workspace', 'work', '--json'];
  const run = await runCli(['run', 'x', '--model-name', 'test-model', ...at], { base, environment });
  expect({ code: run.code, ...told(run) }).toMatchObject({ code: 77, exit: 'key', state: 'failed' });
  const models = await runCli(['models', ...at], { base, environment });
  expect({ code: models.code, ...told(models) }).toMatchObject({ code: 77, error: 'key' });
  const control = await runCli(['models', ...at], { base, environment: { OPENAI_API_KEY: 'sk-test-key' } });
  expect(control.code).toBe(0);
});

test('a server that is not there is the same for a run and for the list of models', async () => {
  const base = await baseOf('plain');
  const at = ['--model', 'ollama', '--base-url', 'http://127.0.0.1:9', '--workspace', 'work', '--json'];
  const run = await runCli(['run', 'x', '--model-name', 'm', ...at], { base });
  expect({ code: run.code, exit: told(run)['exit'] }).toEqual({ code: 69, exit: 'model' });
  const models = await runCli(['models', ...at], { base });
  expect({ code: models.code, error: told(models)['error'] }).toEqual({ code: 69, error: 'model' });
});

test('the table: no two meanings share a code, and the help has each of them', () => {
  const codes = Object.values(EXITS).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  for (const { code } of Object.values(EXITS))
    expect(exitLines().join('\n')).toMatch(new RegExp(`^ +${code}  \\S`, 'm'));
  expect(isCommand('constructor')).toBe(false);
});
