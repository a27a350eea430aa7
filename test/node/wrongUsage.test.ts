import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { expect, inject, test } from 'vitest';
import { notTaken } from '../../src/cli/options.ts';
import { USAGE } from '../../src/cli/usage.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

/** The command line as users start it, with folders of its own. */
async function oversign(args: string[], environment: Record<string, string> = {}) {
  const base = await temporaryFolder();
  await plant(join(base, 'project'), { 'a.txt': 'hello\n' });
  mkdirSync(join(base, 'home'));
  const result = spawnSync(process.execPath, [inject('oversign'), ...args.map((arg) => arg.replaceAll('BASE', base))], {
    env: {
      PATH: process.env['PATH'],
      HOME: join(base, 'home'),
      XDG_DATA_HOME: join(base, 'data'),
      XDG_CONFIG_HOME: join(base, 'config'),
      ...environment,
    },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: result.status, text: result.stdout + result.stderr };
}

const WRONG: [string, string[], RegExp][] = [
  [
    'a workspace that does not exist',
    ['run', 'x', '--model', 'demo', '--workspace', 'BASE/nowhere'],
    /The workspace .*nowhere does not exist/,
  ],
  [
    'a workspace that is a file',
    ['run', 'x', '--model', 'demo', '--workspace', 'BASE/project/a.txt'],
    /is not a folder/,
  ],
  ['an empty workspace option', ['run', 'x', '--workspace', ''], /--workspace is empty/],
  ['the whole file system', ['run', 'x', '--model', 'demo', '--workspace', '/'], /whole file system/],
  ['the home folder', ['run', 'x', '--model', 'demo', '--workspace', 'BASE/home'], /home folder/],
  ['a folder of the system', ['run', 'x', '--model', 'demo', '--workspace', '/usr/lib'], /belongs to the system/],
  ['an option given twice', ['run', 'x', '--policy', 'a', '--policy', 'b'], /--policy was given twice/],
  ['a task and a run to take over', ['run', 'x', '--take-over', 'y', '--workspace', 'BASE/project'], /not both/],
  [
    'a model name for the demo',
    ['run', 'x', '--model', 'demo', '--model-name', 'm', '--workspace', 'BASE/project'],
    /add --model openai/,
  ],
  [
    'a key file that is not there',
    ['run', 'x', '--model', 'demo', '--api-key-file', 'BASE/none'],
    /cannot be read \(ENOENT\)/,
  ],
  ['an empty key file', ['run', 'x', '--model', 'demo', '--api-key-file', '/dev/null'], /is empty/],
  ['words too many', ['verify', 'this', 'that'], /one word too many/],
  ['an unknown command', ['rum'], /no command "rum"/],
  ['history with a decision that is none', ['history', '--decision', 'maybe'], /choose one of allow, ask/],
  ['history with a limit that is none', ['history', '--limit', 'x'], /not a number of runs/],
  ['a policy that run would not read', ['run', 'x', '--user-policy', 'a.yaml'], /run does not take --user-policy/],
  ['a run that run would not leave out', ['run', 'x', '--run', 'y'], /run does not take --run/],
  ['a policy that decide would not read', ['decide', '--policy', 'a.yaml'], /decide does not take --policy/],
  ['one run, where the whole log is checked', ['verify', '--run', 'y'], /verify does not take --run/],
  ['a folder, where the log is one for all', ['history', '--workspace', 'w'], /history does not take --workspace/],
  ['so many runs of one', ['history', 'RUN', '--limit', '3'], /history RUN does not take --limit/],
  ['JSON of a report', ['report', 'RUN', '--json'], /report does not take --json/],
  [
    'layers, where files are checked by themselves',
    ['policy', 'check', 'a.yaml', '--workspace', 'w'],
    /policy check FILE/,
  ],
  ['a policy to accept from elsewhere', ['policy', 'accept', '--user-policy', 'a'], /policy accept does not take/],
  ['an answer, where nothing is asked', ['run', 'x', '--yes'], /run does not take --yes/],
  [
    'a key, where none is taken',
    ['run', 'x', '--model', 'demo', '--api-key-file', 'BASE/project/a.txt'],
    /demo takes no API key/,
  ],
  ['erase of nothing in particular', ['erase', '--yes'], /either --run RUN or --user NAME/],
  ['erase of two things', ['erase', '--run', 'a', '--user', 'b'], /either --run RUN or --user NAME/],
];

test.each(WRONG)('%s: a sentence, and exit code 2', async (_name, args, sentence) => {
  const { code, text } = await oversign(args);
  expect(text).toMatch(sentence);
  expect(text).not.toMatch(/\n\s+at /);
  expect(code).toBe(2);
});

test('a key with a line break in it is refused before anything starts', async () => {
  const base = await temporaryFolder();
  writeFileSync(join(base, 'key'), 'sk-one\nsk-two\n');
  const { code, text } = await oversign([
    'run',
    'x',
    '--model',
    'openai',
    '--api-key-file',
    join(base, 'key'),
    '--workspace',
    'BASE/project',
  ]);
  expect(text).toContain('no key has');
  expect(code).toBe(2);
});

test('a run that is not there cannot be resumed', async () => {
  const { code, text } = await oversign(['run', '--resume', 'nope', '--model', 'demo', '--workspace', 'BASE/project']);
  expect(text).toContain('There is no run nope to resume');
  expect(code).toBe(1);
});

test.each(['history', 'questions', 'doctor'])(
  'a data folder that cannot be made: %s says which, and ends',
  async (command) => {
    const { code, text } = await oversign([command], { XDG_DATA_HOME: '/proc/nope' });
    expect(text).toMatch(/The folder \/proc\/nope\/oversign cannot be made/);
    expect(text).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
  },
);

test.each([
  [['verify'], 'there is no audit log yet', 7],
  [['export'], 'there is no audit log yet', 1],
  [['verify', 'BASE/none.db'], 'NO LOG: ', 7],
  [['verify', '--key', 'BASE/project/a.txt', 'BASE/project/a.txt'], 'is not a public key', 6],
  [['verify', 'BASE/project/a.txt'], 'NOT WHOLE: event 1: the database is damaged', 1],
  [['verify', 'BASE/project'], 'project is a folder', 6],
  [['report', 'nope'], 'there is no run nope', 1],
  [['history', 'nope'], 'there is no run nope', 1],
])('the log, where there is none: %j', async (args, sentence, wanted) => {
  const { code, text } = await oversign(args);
  expect(text).toContain(sentence);
  expect(text).not.toMatch(/\n\s+at /);
  expect(code).toBe(wanted);
});

test('doctor says that commands run outside the sandbox, where that is set', async () => {
  const base = await temporaryFolder();
  await plant(join(base, 'oversign'), { 'policy.yaml': 'sandbox: false\n' });
  const { code, text } = await oversign(['doctor', '--workspace', 'BASE/project'], { XDG_CONFIG_HOME: base });
  expect(text).toMatch(/ok {4}commands: run OUTSIDE the sandbox by your policy/);
  expect(code).toBe(0);
});

test('every option that the usage names is taken, where it says so', () => {
  const told: Record<string, string[]> = {};
  let forms: string[] = [];
  for (const line of USAGE.split('\n')) {
    const heading = /^Options of (.*):$/.exec(line)?.[1];
    if (heading !== undefined)
      forms = heading.replace('policy check and show', 'policy:check, policy:show').split(/, | and /);
    const isOption = /^ {2}--/.test(line);
    for (const [, name = ''] of isOption ? line.matchAll(/(?:^ {2}| {2,}|\| )--([a-z-]+)/g) : [])
      for (const form of forms) (told[form] ??= []).push(name);
  }
  expect(Object.keys(told)).toEqual(expect.arrayContaining(['run', 'sandbox', 'history', 'verify', 'erase', 'decide']));
  for (const [form, names] of Object.entries(told)) {
    const [command = '', word] = form.split(':');
    expect(names.length).toBeGreaterThan(0);
    const words = command === 'policy' ? [word ?? 'check'] : [];
    expect({ form, problem: notTaken(command, words, names) }).toEqual({ form, problem: undefined });
  }
  expect(notTaken('run', [], ['user-policy'])).toBe('run does not take --user-policy'); // or nothing is looked at
});

test('the sources start as what is built from them does', () => {
  const [sources, built] = ['src/cli.ts', inject('oversign')].map((program) =>
    spawnSync(process.execPath, [program, '--help'], { encoding: 'utf8' }),
  );
  expect(sources?.stdout).toContain('oversign run');
  expect(sources).toMatchObject({ status: built?.status, stdout: built?.stdout, stderr: '' });
});
