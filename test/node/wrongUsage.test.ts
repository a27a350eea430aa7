import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { expect, inject, test } from 'vitest';
import { notTaken, OPTIONS } from '../../src/cli/options.ts';
import { commandLine } from '../../src/cli/commandLine.ts';
import { EXITS } from '../../src/cli/exitCodes.ts';
import { helpOf, PAGES, type Command } from '../../src/cli/help/usage.ts';
import type { Page } from '../../src/cli/help/page.ts';
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
  ['an empty workspace option', ['run', 'x', '--workspace', ''], /--workspace is empty/],
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

const WORKSPACES: [string, string[], RegExp][] = [
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
  ['the whole file system', ['run', 'x', '--model', 'demo', '--workspace', '/'], /whole file system/],
  ['the home folder', ['run', 'x', '--model', 'demo', '--workspace', 'BASE/home'], /home folder/],
  ['a folder of the system', ['run', 'x', '--model', 'demo', '--workspace', '/usr/lib'], /belongs to the system/],
];

test.each(WORKSPACES)('%s: a sentence, and the exit code of a workspace', async (_name, args, sentence) => {
  const { code, text } = await oversign(args);
  expect(text).toMatch(sentence);
  expect(code).toBe(EXITS.workspace.code);
});

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
  expect(text).toContain('There is no run nope');
  expect(code).toBe(EXITS.run.code);
});

test.each(['history', 'questions', 'doctor'])(
  'a data folder that cannot be made: %s says which, and ends',
  async (command) => {
    const { code, text } = await oversign([command], { XDG_DATA_HOME: '/proc/nope' });
    expect(text).toMatch(/The folder \/proc\/nope\/oversign cannot be made/);
    expect(text).not.toMatch(/\n\s+at /);
    expect(code).toBe(EXITS.log.code);
  },
);

test.each([
  [['verify'], 'there is no audit log yet', 7],
  [['export'], 'there is no audit log yet', 7],
  [['verify', 'BASE/none.db'], 'NO LOG: ', 7],
  [['verify', '--key', 'BASE/project/a.txt', 'BASE/project/a.txt'], 'is not a public key', 6],
  [['verify', 'BASE/project/a.txt'], 'NOT WHOLE: event 1: the database is damaged', 1],
  [['verify', 'BASE/project'], 'project is a folder', 6],
  [['report', 'nope'], 'There is no run nope', 67],
  [['history', 'nope'], 'There is no run nope', 67],
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

test.each<[string[], RegExp]>([
  [['histroy'], /there is no command "histroy"; did you mean "history"\?/],
  [['run', 'x', '--modle', 'demo'], /there is no option --modle; did you mean --model\?/],
  [['help', 'decid'], /did you mean "decide"\?/],
  [['zzzzzz'], /there is no command "zzzzzz" \(more: oversign help\)/],
])('%j: what was meant, in one sentence', async (args, sentence) => {
  const { code, text } = await oversign(args);
  expect(text).toMatch(sentence);
  expect(text.trimEnd().split('\n')).toHaveLength(1);
  expect(code).toBe(2);
});

test('help COMMAND and COMMAND --help are the same page, with options and examples; help has the exit codes', async () => {
  const page = await oversign(['help', 'decide']);
  expect(page).toMatchObject({
    code: 0,
    text: expect.stringMatching(/--expect FILE[^]*Examples:\n {2}oversign decide/) as string,
  });
  expect(await oversign(['decide', '--help'])).toEqual(page);
  expect((await oversign(['help', 'exit-codes'])).text).toMatch(/^ +66 {2}the workspace is not there/m);
});

test('every example is a command line that is understood', () => {
  for (const { examples } of Object.values<Page>(PAGES))
    for (const [line] of examples) {
      const words = /(?:^|\| )oversign ([^<>|]*)/.exec(line)?.[1]?.trim() ?? '';
      const argv = [...words.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
      expect({ line, ...commandLine(argv) }).toMatchObject({ line, kind: 'command' });
    }
});

test('every option of a page is taken by its command, and every option that is taken stands in its page', () => {
  for (const command of Object.keys(PAGES) as Command[]) {
    const page: Page = PAGES[command];
    const named = (page.options ?? []).flatMap(([option]) =>
      [...option.matchAll(/--([a-z-]+)/g)].map(([, name]) => name),
    );
    const several = [[], ['r']];
    const words = { policy: [['check'], ['check', 'f'], ['show'], ['accept']], history: several, exposure: several }[
      command as string
    ] ?? [[]];
    const taken = Object.keys(OPTIONS).filter((name) =>
      words.some((one) => notTaken(command, one, [name]) === undefined),
    );
    const everywhere = ['json', 'help', 'version'];
    expect({ command, options: [...named, ...everywhere].sort() }).toEqual({ command, options: taken.sort() });
    expect(helpOf(command)).toContain('--json');
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
