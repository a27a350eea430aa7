import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configures } from '../../src/core/command/ownConfig.ts';
import { exactIn, factOn } from '../support/cards.ts';
import { attempt, rememberFirst, type Call } from '../support/attempt.ts';
import { workbench } from '../support/workbench.ts';

// Files that a line names by way of a folder, of a search path, or by the name of the program that they configure.

const run = (command: string): Call => ({ name: 'run_command', args: { command } });
const FILES = {
  build: 'true\n',
  'bin/tool': '#!/bin/sh\n',
  'sub/build': '',
  'sub/rules': 'all:\n\ttrue\n',
  'sub/tool.js': '',
  'sub/conf.py': '',
  'lib/mod.py': '',
  'pkg/mod.py': '',
  'pkg/sub/deep.py': '',
  'scripts/b': '',
  'hooks/pre-commit': '',
  'Main.class': '',
  'cls/Main.class': '',
  'Main.hs': '',
  'src/proj/settings.py': '',
  'tests/conftest.py': '',
  'tests/test_a.py': '',
  'node_modules/.bin/lint': '',
  '.eslintrc.yaml': '',
  '.prettierrc.json': '',
  'stylelint.config.js': '',
  'mypy.ini': '',
  'build.gradle': '',
  gradlew: '',
  Snakefile: '',
};

const NAMED: [command: string, file: string][] = [
  ['make -C sub -f rules', 'sub/rules'],
  ['make -f rules --directory=sub', 'sub/rules'],
  ['ruby -C sub build', 'sub/build'],
  ['sudo -D sub bash build', 'sub/build'],
  ['systemd-run --working-directory=sub bash build', 'sub/build'],
  ['uv --directory sub run build', 'sub/build'],
  ["node -e \"process.chdir('sub');require('./tool')\"", 'sub/tool.js'],
  ['python3 -c "import sys; sys.path.insert(0,\'lib\'); import mod"', 'lib/mod.py'],
  ['python3 -c "from pkg import mod"', 'pkg/mod.py'],
  ['python3 -c "from pkg.sub import deep"', 'pkg/sub/deep.py'],
  ["python3 <<'E'\nfrom pkg import mod\nE", 'pkg/mod.py'],
  ['PATH="bin:$PATH" tool', 'bin/tool'],
  ['export PATH=$PWD/bin:$PATH; tool', 'bin/tool'],
  ['env PATH=bin:/usr/bin tool', 'bin/tool'],
  ['PYTHONPATH="lib:$PYTHONPATH" python3 -m mod', 'lib/mod.py'],
  ['env PYTHONPATH=lib python3 -m mod', 'lib/mod.py'],
  ['django-admin --settings=proj.settings --pythonpath=src migrate', 'src/proj/settings.py'],
  ['run-parts scripts', 'scripts/b'],
  ['git -c core.hooksPath=hooks commit -m x', 'hooks/pre-commit'],
  ['java Main', 'Main.class'],
  ['java -cp cls Main', 'cls/Main.class'],
  ['runghc Main', 'Main.hs'],
  ['sphinx-build -c sub . out', 'sub/conf.py'],
  ['pytest tests', 'tests/conftest.py'],
  ['pytest tests/test_a.py', 'tests/conftest.py'],
  ['npx lint', 'node_modules/.bin/lint'],
  ['eslint x', '.eslintrc.yaml'],
  ['npx prettier@3 --write x', '.prettierrc.json'],
  ['stylelint x', 'stylelint.config.js'],
  ['python3 -m mypy x', 'mypy.ini'],
  ['./gradlew test', 'build.gradle'],
  ['snakemake', 'Snakefile'],
];

test('what a line names by way of a folder, or of a name, is bound', async () => {
  const commands = [...new Set(NAMED.map(([command]) => command))];
  const bench = await workbench({ files: FILES, answer: () => ({ choice: 'deny' }) });
  await attempt(bench, commands.map(run));
  const missing = NAMED.filter(([command, file]) => {
    const card = bench.asked[commands.indexOf(command)]?.card;
    return !card || !exactIn(factOn(card, 'Holds only while')).includes(file);
  });
  expect(missing).toEqual([]);
});

test('where files are named by way of a process, or what a shell reads cannot be seen, nothing is remembered', async () => {
  const OPEN = [
    'bash /proc/self/cwd/build',
    'bash /proc/thread-self/cwd/build',
    'echo YmFzaCBidWlsZA== | base64 -d | bash',
    'echo dliub hsab | rev | bash',
    "echo 'bash bxild' | sed s/x/u/ | bash",
  ];
  const bench = await workbench({ files: FILES, answer: () => ({ choice: 'deny' }) });
  await attempt(bench, OPEN.map(run));
  expect(bench.asked.map(({ grantOffers, alwaysOffer }) => [grantOffers, alwaysOffer])).toEqual(
    OPEN.map(() => [[], undefined]),
  );
});

describe('a remembered approval ends with', () => {
  test.each<[string, string, string]>([
    ['make -C sub -f rules', 'sub/rules', 'all:\n\techo hit > ../hit\n'],
    ['python3 -c "from pkg import mod"', 'pkg/mod.py', 'open("hit", "w")\n'],
    ['PATH="bin:$PATH" tool', 'bin/tool', '#!/bin/sh\necho hit > hit\n'],
  ])('%s: %s', async (command, file, text) => {
    for (const isChanged of [true, false]) {
      const bench = await workbench({ files: FILES, answer: rememberFirst });
      chmodSync(join(bench.folder, 'bin/tool'), 0o755);
      await bench.run((_request, turn) => {
        if (turn === 1 && isChanged) writeFileSync(join(bench.folder, file), text);
        return turn < 2 ? { calls: [run(command)] } : {};
      });
      expect([bench.asked.length, existsSync(join(bench.folder, 'hit'))]).toEqual([isChanged ? 2 : 1, isChanged]);
    }
  });
});

describe('with a rule that allows,', () => {
  const verdicts = async (calls: Call[]): Promise<(string | undefined)[]> => {
    const bench = await workbench({
      files: { ...FILES, 'x.js': '' },
      userPolicy:
        'own_paths: ["."]\nrules: [{decision: allow, commands: ["pytest **", "npx **", "eslint **", "touch **", "make **"], why: w}]\n',
      answer: ({ tool }) => ({ choice: tool === 'write_file' ? 'approve' : 'deny' }),
    });
    const { events } = await attempt(bench, calls);
    return events.flatMap(({ type, data }) =>
      type === 'decided' && data['tool'] === 'run_command' ? [String(data['verdict'])] : [],
    );
  };
  const write = (path: string): Call => ({ name: 'write_file', args: { path, content: '#' } });

  test('what the run itself wrote asks', async () => {
    for (const [path, command] of [
      ['tests/conftest.py', 'pytest tests'],
      ['.eslintrc.yaml', 'eslint .'],
      ['sub/rules', 'make -C sub -f rules'],
    ] as const)
      expect([path, await verdicts([write(path), run(command)])]).toEqual([path, ['ask']]);
  });

  test('what it left alone does not, whatever ran before', async () => {
    const lines = ['touch t', 'pytest tests', 'npx lint', 'eslint .', 'eslint . && touch u'];
    expect(await verdicts(lines.map(run))).toEqual(lines.map(() => 'allow'));
  });
});

test.each<[string, string, boolean]>([
  ['.eslintrc.yaml', 'eslint', true],
  ['.lintstagedrc.js', 'lint-staged', true],
  ['.flake8', 'flake8', true],
  ['rebar.config', 'rebar3', true],
  ['phpstan.neon.dist', 'phpstan', true],
  ['.coverage', 'coverage', false],
  ['karma.conf.js', 'karma', true],
  ['.prettierrc', 'prettier', true],
  ['eslint.log', 'eslint', false],
  ['eslintish.txt', 'eslint', false],
  ['cargo.lock', 'cargo', false],
  ['README.md', 'read', false],
  ['build', 'build', false],
])('%s configures %s: %s', (file, program, does) => {
  expect(configures(file, program)).toBe(does);
});
