import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Approval } from '../../src/shared/approval.ts';
import { approvalText } from '../../src/terminal/cardText.ts';
import { attempt, rememberFirst, type Call } from '../support/attempt.ts';
import { commandOn, exactIn, factOn, sentencesOn } from '../support/cards.ts';
import { workbench, type Turn } from '../support/workbench.ts';

const FILES = {
  build: 'true\n',
  'tool.ts': '',
  'mod.py': '',
  'pkg/__init__.py': '',
  'pkg/sub/__init__.py': '',
  'pkg/sub/deep.py': '',
  'app/__main__.py': '',
  'app/server.py': '',
  'site/package.json': '{"main": "./lib/entry"}',
  'site/lib/entry.js': '',
  'bin/cli': '',
  'lib/Foo/Bar.pm': '',
  'hook.js': '',
  'hook.rb': '',
  rules: 'all:\n\ttrue\n',
  prog: '{ print }\n',
  list: 'build\n',
  'data.json': '{}',
  'a b': 'true\n',
  'pyproject.toml': '',
  'sub/build': 'true\n',
};

/** A line, and the file that says what it does. */
const NAMED: [command: string, file: string][] = [
  ['bash build', 'build'],
  ['bash -x build', 'build'],
  ['sh -e ./build', 'build'],
  ['bash "a b"', 'a b'],
  ['X=build; bash $X', 'build'],
  ['source build', 'build'],
  ['. build', 'build'],
  ['bash < build', 'build'],
  ['bash 0<build', 'build'],
  ['bash <> build', 'build'],
  ['cat build | bash', 'build'],
  ['cat < build | tee log | bash', 'build'],
  ['bash <(cat build)', 'build'],
  ['bash <<< "source build"', 'build'],
  ['bash -s <<E\n. build\nE', 'build'],
  ['cat buil* | bash', 'build'],
  ['bash -c "bash build"', 'build'],
  ['bash -c ". ./build && true"', 'build'],
  ['eval "bash build"', 'build'],
  ['BASH_ENV=build bash -c true', 'build'],
  ['export BASH_ENV=build; bash -c true', 'build'],
  ['env python3 build', 'build'],
  ['env BASH_ENV=build bash -c true', 'build'],
  ['nice timeout 5 bash build', 'build'],
  ['xargs bash < list', 'list'],
  ['xargs -a list bash', 'list'],
  ['echo build | xargs bash', 'build'],
  ['cd sub && bash build', 'sub/build'],
  ['trap "bash build" EXIT', 'build'],
  ['cp build x; bash x', 'build'],
  ['touch build; bash build', 'build'],
  ['python3 build', 'build'],
  ['python3 -m mod', 'mod.py'],
  ['python3 -mmod', 'mod.py'],
  ['python3 -Bm mod', 'mod.py'],
  ['python3 -m pkg.sub.deep', 'pkg/sub/deep.py'],
  ['python3 -m pkg.sub.deep', 'pkg/sub/__init__.py'],
  ['python3 -m pkg.sub.deep', 'pkg/__init__.py'],
  ['python3 -m app', 'app/__main__.py'],
  ['python3 app', 'app/__main__.py'],
  ['python3 -c "import mod"', 'mod.py'],
  ['python3 -c "exec(open(\'build\').read())"', 'build'],
  ['uvicorn app.server:main', 'app/server.py'],
  ['uv run mod.py', 'mod.py'],
  ['uv run mod', 'pyproject.toml'],
  ['tsx tool', 'tool.ts'],
  ['npx tsx tool', 'tool.ts'],
  ['npx ./site', 'site/lib/entry.js'],
  ['node site', 'site/lib/entry.js'],
  ['node bin/cli', 'bin/cli'],
  ['node hook', 'hook.js'],
  ['node -r ./hook -e 1', 'hook.js'],
  ['node -r./hook -e 1', 'hook.js'],
  ['node --require=./hook -e 1', 'hook.js'],
  ['node --import ./hook.js -e 1', 'hook.js'],
  ['NODE_OPTIONS="-r ./hook" node -e 1', 'hook.js'],
  ['deno run tool.ts', 'tool.ts'],
  ['ruby -r ./hook -e 1', 'hook.rb'],
  ['ruby -r./hook -e 1', 'hook.rb'],
  ['perl -I lib -MFoo::Bar -e 1', 'lib/Foo/Bar.pm'],
  ['php -f build', 'build'],
  ['awk -f prog data.json', 'prog'],
  ['awk -fprog data.json', 'prog'],
  ['sed -n -f prog data.json', 'prog'],
  ['sed -nfprog data.json', 'prog'],
  ['jq -f prog data.json', 'prog'],
  ['psql -f prog', 'prog'],
  ['psql -fprog', 'prog'],
  ['sqlite3 x.db < prog', 'prog'],
  ['sqlite3 x.db ".read prog"', 'prog'],
  ['make -f rules', 'rules'],
  ['make -frules', 'rules'],
  ['make --file=rules', 'rules'],
  ['curl -d @prog http://127.0.0.1:9/', 'prog'],
  ['git -c core.pager=./build log', 'build'],
  ['git bisect run ./build', 'build'],
  ['GIT_EDITOR=./build git commit', 'build'],
  ['somebody build', 'build'],
];

const run = (command: string): Call => ({ name: 'run_command', args: { command } });

/** The cards of commands that are all denied: nothing runs. */
async function cardsOf(files: Record<string, string>, commands: string[]): Promise<Approval[]> {
  const bench = await workbench({ files, answer: () => ({ choice: 'deny' }) });
  symlinkSync('sub', join(bench.folder, 'link'));
  await attempt(bench, commands.map(run));
  expect(bench.asked.map(({ card }) => commandOn(card))).toEqual(commands);
  return bench.asked;
}

const scriptsOf = ({ card }: Approval): string[] => exactIn(factOn(card, 'Holds only while'));

test('every word, source and module of a line that is a file is bound, whatever the program', async () => {
  const commands = [...new Set(NAMED.map(([command]) => command))];
  const bound = (await cardsOf(FILES, commands)).map(scriptsOf);
  const missing = NAMED.filter(([command, file]) => bound[commands.indexOf(command)]?.includes(file) !== true);
  expect(missing).toEqual([]);
});

describe('an approval that is remembered ends with the content of', () => {
  test.each(NAMED.filter(([command]) => /^(bash build|cat build|xargs bash|python3 -m mod)/.test(command)))(
    '%s: %s',
    async (command, file) => {
      for (const changes of [true, false]) {
        const bench = await workbench({ files: FILES, answer: rememberFirst });
        await bench.run((_request, turn) => {
          if (turn === 1 && changes) writeFileSync(join(bench.folder, file), '# another\n');
          return turn < 2 ? { calls: [run(command)] } : {};
        });
        const isOffered = bench.asked[0]?.grantOffers.length === 1;
        expect([command, changes, bench.asked.length]).toEqual([command, changes, changes || !isOffered ? 2 : 1]);
      }
    },
  );
});

describe('a rule that allows does not hold for what the run itself wrote:', () => {
  const USER =
    'own_paths: ["."]\nrules:\n  - {decision: allow, tools: [write_file, edit_file, edit_files, delete_path, move_path], why: edits}\n  - {decision: allow, commands: ["bash **", "python3 **", "npx **", "cat **", "make **", "node **", "source **", "sed **", "git add **", "git commit **", "cp **", "eslint **"], why: w}\n';
  const write = (path: string): Turn => ({ calls: [{ name: 'write_file', args: { path, content: '#' } }] });

  test.each<[string, string[], string]>([
    [
      'build',
      ['bash build', 'cat build | bash', 'bash -c "bash build"', 'source build', 'cp build x && bash x'],
      'ask',
    ],
    ['tool.ts', ['npx tsx tool', 'npx -y tsx tool.ts', 'npx eslint -c tool.ts src', 'npx jest tool'], 'ask'],
    ['app/__main__.py', ['python3 app', 'python3 -m app', 'cd app && python3 .'], 'ask'],
    ['rules', ['make -f rules', 'make -frules'], 'ask'],
    ['hook.js', ['node -r ./hook bin/cli'], 'ask'],
    // Its innocent neighbours: what only looks at a file, lays it out anew or keeps it is not changed by that.
    ['tool.ts', ['git add tool.ts', 'eslint --fix tool.ts'], 'allow'],
    ['build', ['git add build && git commit -m build', 'cp build x'], 'allow'],
  ])('%s in %j: %s', async (file, commands, verdict) => {
    const bench = await workbench({ files: FILES, userPolicy: USER, answer: () => ({ choice: 'deny' }) });
    // Allowed ones would run, and need not.
    const wanted = verdict === 'ask' ? commands : commands.slice(0, 2);
    const events = await bench.run([write(file), { calls: wanted.map(run) }]);
    const decided = events.filter(({ type, data }) => type === 'decided' && data['tool'] === 'run_command');
    expect(
      wanted.map((command, index) => [command, decided[index]?.data['verdict'], decided[index]?.data['rule']]),
    ).toEqual(
      wanted.map((command) => [
        command,
        verdict,
        verdict === 'ask' ? 'changed-script' : (expect.stringMatching(/^rules: allow/) as string),
      ]),
    );
  });
});

test('what cannot be bound whole is said, and neither remembered nor allowed for good', async () => {
  const many = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`many/${index}`, '']));
  const OPEN: [string, string][] = [
    ['bash "$SOMETHING"', 'cannot be known'],
    ['for x in $(ls); do bash "$x"; done', 'cannot be known'],
    ['find . -name "b*" -exec bash {} \\;', 'cannot be known'],
    ['ls | xargs bash', 'cannot be known'],
    ['cd "$SOMEWHERE" && bash build', 'folder'],
    ['python3 big', 'too big'],
    ['somebody many/*', 'more than 100'],
    ['bash link/../build', 'goes up'],
  ];
  const big = 'x'.repeat(33 * 1024 * 1024);
  const asked = await cardsOf(
    { ...FILES, ...many, big },
    OPEN.map(([command]) => command),
  );
  for (const [index, [command, why]] of OPEN.entries()) {
    const { card, grantOffers, alwaysOffer } = asked[index] as Approval;
    const unbound = sentencesOn(card).find(([first]) => String(first).startsWith('It may use files'));
    expect([command, unbound?.join('')]).toEqual([command, expect.stringContaining(why) as string]);
    expect([grantOffers, alwaysOffer]).toEqual([[], undefined]);
    expect(approvalText(asked[index] as Approval)).toContain('It may use files that nobody knows beforehand');
  }
  // What can be is offered both.
  expect((await cardsOf(FILES, ['bash build']))[0]).toMatchObject({
    grantOffers: [{ id: 'command' }],
    alwaysOffer: 'bash build, in this folder',
  });
});

describe('what is still remembered, though files changed:', () => {
  test.each<string>([
    'touch t',
    'bash build > log 2>&1',
    'bash build | tee log',
    'rm -f log',
    'git commit -m "fix the build of list"',
  ])('%s', async (command) => {
    const bench = await workbench({ files: FILES, answer: rememberFirst });
    await bench.run((_request, turn) => {
      for (const file of ['t', 'log', 'out-of-it', 'prog']) writeFileSync(join(bench.folder, file), String(turn));
      return turn < 3 ? { calls: [run(command)] } : {};
    });
    expect(bench.asked).toHaveLength(1);
  });
});
