import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { turnsOf } from '../../src/core/audit/tree.ts';
import { runCli, type CliEnd } from '../support/cli.ts';
import { treeState } from '../support/treeState.ts';
import { workbench, type Workbench } from '../support/workbench.ts';

const CALLS = [
  { name: 'run_command', args: { command: 'echo x > a.txt; rm b.txt' } },
  { name: 'write_file', args: { path: 'n.txt', content: 'new\n' } },
  { name: 'run_command', args: { command: 'echo y >> a.txt; mkdir d; echo z > d/z.txt' } },
];

async function scene(userPolicy: string): Promise<{
  bench: Workbench;
  before: Record<string, string>;
  run: string;
  ids: string[];
  undo: (...args: string[]) => Promise<CliEnd>;
}> {
  const bench = await workbench({ userPolicy, files: { 'a.txt': 'one\n', 'b.txt': 'two\n' } });
  const before = treeState(bench.folder);
  const events = await bench.run([{ calls: CALLS }]);
  const run = bench.engine.view().run?.id ?? '';
  const ids = turnsOf(events).flatMap(({ actions }) => actions.map(({ id }) => id));
  const undo = (...args: string[]): Promise<CliEnd> => runCli(['undo', run, ...args], { base: dirname(bench.folder) });
  return { bench, before, run, ids, undo };
}

// What can be undone whole runs without a question there, so that no terminal is needed.
const UNASKED = 'confirm_actions: false\n';

test('a run is put back from the terminal: shown first with --dry-run, then done', async () => {
  const { bench, before, undo } = await scene(UNASKED);
  const after = treeState(bench.folder);
  const dry = await undo('--dry-run');
  expect(dry).toMatchObject({ code: 0, stderr: '' });
  for (const words of ['Puts back a.txt', 'Puts back b.txt', 'Removes n.txt', 'Nothing was done (--dry-run).'])
    expect(dry.stdout).toContain(words);
  expect(treeState(bench.folder)).toEqual(after);
  expect(await undo()).toMatchObject({ code: 0, stdout: expect.stringContaining('Reverted.') as string });
  expect(treeState(bench.folder)).toEqual(before);
  expect(await undo()).toMatchObject({ code: 1 }); // nothing is left
});

test('one action, one file, or all from an action on', async () => {
  const { bench, ids, undo } = await scene(UNASKED);
  const at = (name: string): string => readFileSync(join(bench.folder, name), 'utf8');
  expect(await undo('--file', 'b.txt')).toMatchObject({ code: 0 });
  expect([at('b.txt'), at('a.txt'), at('n.txt')]).toEqual(['two\n', 'x\ny\n', 'new\n']);
  expect(await undo('--action', ids[1] ?? '')).toMatchObject({ code: 0 });
  expect([existsSync(join(bench.folder, 'n.txt')), at('a.txt')]).toEqual([false, 'x\ny\n']);
  expect(await undo('--since', ids[2] ?? '')).toMatchObject({ code: 0 });
  expect([at('a.txt'), existsSync(join(bench.folder, 'd'))]).toEqual(['x\n', false]);
  expect(await undo('--action', 'x', '--since', 'y')).toMatchObject({ code: 2 });
  expect(await runCli(['undo', 'no-such-run'], { base: dirname(bench.folder) })).toMatchObject({ code: 67 });
});

test('where nobody is there to answer, nothing is put back', async () => {
  const { bench, undo } = await scene('');
  const after = treeState(bench.folder);
  expect(await undo()).toMatchObject({ code: 1 });
  expect(treeState(bench.folder)).toEqual(after);
});
