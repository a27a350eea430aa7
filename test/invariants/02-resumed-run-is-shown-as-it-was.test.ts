import { expect, test } from 'vitest';
import { readRun } from '../../src/core/agent/storedRun.ts';
import { entriesOf } from '../../src/core/agent/transcript.ts';
import { scripted, workbench } from '../support/workbench.ts';

const CALLS = [
  { name: 'read_file', args: { path: 'a.txt' } },
  { name: 'read_file', args: { path: 'none.txt' } },
  { name: 'read_file', args: { path: '/etc/shadow' } },
  { name: 'delete_path', args: { path: 'a.txt' } },
];

/** What the panel shows of actions. */
function shown(entries: readonly { kind: string }[]): unknown[] {
  return entries.flatMap((entry) =>
    entry.kind === 'action' && 'tool' in entry && 'status' in entry ? [[entry.tool, entry.status]] : [],
  );
}

test('a resumed run shows what was denied, failed and stopped as that', async () => {
  const bench = await workbench({
    files: { 'a.txt': 'hello\n' },
    answer: ({ tool }) => {
      if (tool === 'delete_path') return { choice: 'deny' };
      void bench.engine.stop('You stopped it.');
      return undefined;
    },
  });
  const [first] = await bench.run([
    { calls: CALLS },
    { calls: [{ name: 'run_command', args: { command: 'node x' } }] },
  ]);
  const before = shown(bench.engine.view().run?.entries ?? []);
  const statuses = ['done', 'failed', 'denied', 'denied', 'cancelled'];
  expect(before).toEqual([...CALLS, { name: 'run_command' }].map(({ name }, at) => [name, statuses[at]])); // control
  bench.engine.newRun();
  await bench.engine.resume(first?.run ?? '', scripted([]));
  expect(shown(bench.engine.view().run?.entries ?? [])).toEqual(before);
});

test('what was cut off, and what an earlier version stored, is shown as not known', () => {
  const call = (id: string) => ({ id, name: 'read_file', arguments: '{}' });
  const stored = readRun({
    ...{ version: 1, task: 'do it', folder: '/w', turn: 1, contentOf: [] },
    messages: [
      { role: 'assistant', text: '', calls: [call('a'), call('b')] },
      { role: 'tool', call: 'a', name: 'read_file', text: 'Denied by policy' },
    ],
  });
  expect(shown(entriesOf(stored.ok ? stored.saved.messages : []))).toEqual([
    ['read_file', 'unknown'],
    ['read_file', 'interrupted'],
  ]);
});
