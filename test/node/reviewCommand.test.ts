import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ReviewSchema } from '../../src/shared/review.ts';
import { runCli } from '../support/cli.ts';
import { inTerminal } from '../support/terminal.ts';
import { workbench } from '../support/workbench.ts';

const FROM = { at: 'editor', place: 'app' } as const;

test('a run is reviewed at a terminal, file by file and place by place; names say what is hidden in them', async () => {
  const bench = await workbench({ files: { 'a.txt': 'one\ntwo\nthree\nfour\n', 'b.txt': 'two\n' } });
  const base = dirname(bench.folder);
  await bench.engine.chooseWay('review', FROM);
  await bench.run([
    {
      calls: [
        {
          name: 'run_command',
          args: { command: 'printf \'ONE\\ntwo\\nthree\\nFOUR\\n\' > a.txt; rm b.txt; echo x > "c\u202Etxt"' },
        },
        { name: 'write_file', args: { path: 'd.txt', content: 'd\n' } },
      ],
    },
  ]);
  const run = bench.engine.view().run?.id ?? '';
  const at = (name: string): string => join(bench.folder, name);
  const listed = await runCli(['review', run, '--json'], { base });
  const { format, ...shown } = JSON.parse(listed.stdout) as Record<string, unknown>;
  expect(format).toBe('oversign.review/1');
  expect(ReviewSchema.parse(shown).files.map(({ name, what }) => [name, what])).toEqual([
    ['a.txt', 'changed'],
    ['b.txt', 'deleted'],
    ['c\\u{202E}txt', 'new'],
    ['d.txt', 'new'],
  ]);
  const text = await runCli(['review', run], { base });
  expect(text).toMatchObject({ code: 0, stdout: expect.stringContaining('c\\u{202E}txt (new, +1 −0)') as string });
  expect(text.stdout).not.toContain('\u202E');
  expect(await runCli(['review', run, '--revert', 'work/no.txt'], { base })).toMatchObject({ code: 1 });
  const options = await runCli(['review', run, '--workspace', bench.folder, '--keep', 'd.txt', '--revert', 'b.txt'], {
    base,
  });
  expect(options).toMatchObject({ code: 0, stdout: expect.stringContaining('Kept 1 file.') as string });
  expect(readFileSync(at('b.txt'), 'utf8')).toBe('two\n');
  // What is left is asked, one after the other.
  const end = await inTerminal(['review', run], {
    base,
    steps: [
      ['a\\.txt .*\\n.*end \\[Enter\\]: ', 'send', 'p\r'],
      ['Put back which part', 'send', '2\r'],
      ['Put back\\.[\\s\\S]*end \\[Enter\\]: ', 'send', 'k\r'],
      ['Kept 1 file[\\s\\S]*end \\[Enter\\]: ', 'send', 'b\r'],
    ],
  });
  expect([end.failed, end.code]).toEqual([null, 0]);
  expect(readFileSync(at('a.txt'), 'utf8')).toBe('ONE\ntwo\nthree\nfour\n');
  expect(existsSync(at('c\u202Etxt'))).toBe(false);
  expect(readFileSync(at('d.txt'), 'utf8')).toBe('d\n');
  const events = await bench.node.audit.events(run);
  expect(events.flatMap(({ type, data }) => (type === 'changes_kept' ? [data['by']] : []))).toEqual([
    'person',
    'person',
  ]);
  // The ways on the command line: in the run's head, one at a time, and none that a policy has taken away.
  const demo = await runCli(
    ['run', 'Find the bug', '--model', 'demo', '--look', '--once', '--workspace', bench.folder],
    { base },
  );
  expect(demo.stdout).toContain('Way: Look only. Reads, searches and plans. Nothing is changed.');
  expect(await runCli(['run', 'x', '--model', 'demo', '--look', '--review'], { base })).toMatchObject({ code: 2 });
});
