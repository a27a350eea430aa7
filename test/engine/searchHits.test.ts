import { expect, test } from 'vitest';
import { attempt } from '../support/attempt.ts';
import { workbench } from '../support/workbench.ts';

const FILES = {
  'README.md': 'nothing\n',
  'src/a.ts': 'one\ntwo\nthree hit\nfour hit\nfive\nsix\nseven\neight hit\nnine\n',
  'src/deep/b.ts': 'import {\n  hit,\n} from "x";\n',
  'src/gen/c.ts': 'hit\n',
  'build/d.ts': 'hit\n',
  'logs/e.log': 'hit\n',
  'logs/keep.log': 'hit\n',
  '.gitignore': 'build/\n*.log\n!keep.log\n',
  'src/.ignore': 'gen\n',
};

async function found(...list: object[]): Promise<string[]> {
  const bench = await workbench({ files: FILES });
  return (
    await attempt(
      bench,
      list.map((args) => ({ name: 'search_files', args })),
    )
  ).map(({ text }) => text);
}

const OUT = '\n[left out by .gitignore (include_ignored takes it in): build, logs/e.log, src/gen]';

test('hits come with the lines around them, each line once, and places apart are told apart', async () => {
  const [text] = await found({ pattern: 'hit', path: 'src/a.ts', context: 1 });
  expect(text).toBe(
    [
      'src/a.ts-2- two',
      'src/a.ts:3: three hit',
      'src/a.ts:4: four hit',
      'src/a.ts-5- five',
      '--',
      'src/a.ts-7- seven',
      'src/a.ts:8: eight hit',
      'src/a.ts-9- nine',
    ].join('\n'),
  );
});

test('the files alone, or how many hits each has, are told as they are asked for, and read on by offset', async () => {
  const [files, count, next, none] = await found(
    { pattern: 'hit', output: 'files' },
    { pattern: 'hit', output: 'count' },
    { pattern: 'hit', path: 'src/a.ts', offset: 2 },
    { pattern: 'hit', path: 'src/a.ts', offset: 7 },
  );
  expect(files).toBe(`logs/keep.log\nsrc/a.ts\nsrc/deep/b.ts${OUT}`);
  expect(count).toBe(`logs/keep.log: 1\nsrc/a.ts: 3\nsrc/deep/b.ts: 1${OUT}`);
  expect(next).toBe('src/a.ts:8: eight hit');
  expect(none).toBe('[only 3 found: nothing is left at offset 7]');
});

test('of more hits than are shown, the rest can be read on', async () => {
  const bench = await workbench({ files: { 'many.txt': 'hit\n'.repeat(450) } });
  const texts = (
    await attempt(
      bench,
      [0, 200, 400].map((offset) => ({ name: 'search_files', args: { pattern: 'hit', offset } })),
    )
  ).map(({ text }) => text.split('\n'));
  expect(texts.map((lines) => lines.at(-1))).toEqual([
    '[250 more not shown; read on by offset 200]',
    '[50 more not shown; read on by offset 400]',
    'many.txt:450: hit',
  ]);
  expect(texts[1]?.[0]).toBe('many.txt:201: hit');
});

test('a pattern over several lines finds them, said so or not', async () => {
  const lines = 'src/deep/b.ts:1: import {\nsrc/deep/b.ts:2:   hit,\nsrc/deep/b.ts:3: } from "x";';
  const [said, plain, escaped, within] = await found(
    { pattern: 'import.*hit.*from', multiline: true, glob: 'b.ts' },
    { pattern: 'import {\n  hit,\n} from', glob: 'b.ts' },
    { pattern: 'import \\{\\n\\s+hit,\\n\\} from', regex: true, glob: 'b.ts' },
    { pattern: 'import.*hit', regex: true, glob: 'b.ts' },
  );
  for (const text of [said, plain, escaped]) expect(text).toBe(lines + OUT);
  expect(within).toBe(`Nothing found.${OUT}`);
});

test('where an expression was looked for to the letter, that is said with the nothing', async () => {
  const [alternatives, escaped, meant, plain] = await found(
    { pattern: 'hit|miss' },
    { pattern: 'h.*t\\(' },
    { pattern: 'nowhere|never', regex: true },
    { pattern: 'a || nowhere; f(x)' },
  );
  for (const text of [alternatives, escaped])
    expect(text).toMatch(/^Nothing found of this text to the letter\..*regex to true/);
  for (const text of [meant, plain]) expect(text).toBe(`Nothing found.${OUT}`);
});

test('what ignore files leave out is searched on request, and where it is named', async () => {
  const [all, named, inside] = await found(
    { pattern: 'hit', output: 'files', include_ignored: true },
    { pattern: 'hit', path: 'build' },
    { pattern: 'hit', path: 'logs' },
  );
  expect(all).toBe('build/d.ts\nlogs/e.log\nlogs/keep.log\nsrc/a.ts\nsrc/deep/b.ts\nsrc/gen/c.ts');
  expect(named).toBe('build/d.ts:1: hit');
  expect(inside).toBe('logs/keep.log:1: hit\n[left out by .gitignore (include_ignored takes it in): logs/e.log]');
});

test('a secret in a line around a hit is masked like one in it', async () => {
  const key = 'sk-abcdef123456';
  const bench = await workbench({ files: { 'pay.ts': `// hit\nconst key = "${key}";\n` } });
  bench.engine.addSecret({ name: 'KEY', value: key });
  const [result] = await attempt(bench, [{ name: 'search_files', args: { pattern: 'hit', context: 2 } }]);
  expect(result?.text).toContain('pay.ts-2- const key =');
  expect(result?.text).not.toContain(key);
});

test('names are found as hits are: what ignore files leave out is left out, said where it would have been found, and found on wish', async () => {
  const bench = await workbench({ files: { ...FILES, 'logs/other.txt': 'x\n', 'build/d.log': 'x\n' } });
  const list = [
    { pattern: '*.log' },
    { pattern: '*.log', include_ignored: true },
    { pattern: '*.ts' },
    { pattern: 'build/**' },
    { pattern: 'e.log' },
    { pattern: '*.ts', path: 'src/gen' },
    { pattern: 'other.txt', path: 'logs' },
  ];
  const texts = (
    await attempt(
      bench,
      list.map((args) => ({ name: 'find_files', args })),
    )
  ).map(({ text }) => text);
  const out = (names: string): string => `\n[left out by .gitignore (include_ignored takes it in): ${names}]`;
  expect(texts).toEqual([
    `logs/keep.log${out('build, logs/e.log, src/gen')}`,
    'build/d.log\nlogs/e.log\nlogs/keep.log',
    `src/a.ts\nsrc/deep/b.ts${out('build, src/gen')}`,
    // What the pattern names, and what path names, is meant.
    `build/\nbuild/d.log\nbuild/d.ts${out('src/gen')}`,
    `logs/e.log${out('build, src/gen')}`,
    'src/gen/c.ts',
    'logs/other.txt',
  ]);
});
