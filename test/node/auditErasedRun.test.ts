import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { journalFor } from '../../src/node/audit/database.ts';
import { workbench, scripted } from '../support/workbench.ts';

test('a run whose texts were erased while a window still had it in memory does not go on, and brings nothing back', async () => {
  const bench = await workbench();
  await bench.run([{ text: 'I remember the word heliotrope.' }], 'say heliotrope');
  const run = bench.engine.view().run?.id ?? '';
  expect(await bench.node.audit.erase({ scope: 'run', run })).toMatchObject({ conversations: 1 });
  const asked: unknown[] = [];
  await bench.engine.send(
    'what was it?',
    scripted((request) => {
      asked.push(request);
      return { text: 'heliotrope' };
    }),
  );
  expect(asked).toEqual([]);
  expect(bench.engine.view().run).toMatchObject({ id: run, state: 'failed' });
  expect(bench.engine.view().run?.reason).toContain('The texts of this run were erased');
  expect(await bench.node.audit.loadTranscript(run)).toBeUndefined();
  for (const name of ['audit.db', 'audit.db-wal'])
    expect(readFileSync(join(bench.data, name)).includes('heliotrope'), name).toBe(false);
});

test('write-ahead logging only where it is safe', () => {
  expect(journalFor('3.51.3', 0xef53)).toBe('WAL'); // ext4
  expect(journalFor('3.53.0', 0x01021994)).toBe('WAL'); // tmpfs
  expect(journalFor('3.51.2', 0xef53)).toBe('TRUNCATE');
  for (const network of [0x6969, 0xff534d42, 0xfe534d42, 0x65735546, 0x01021997])
    expect(journalFor('3.53.0', network)).toBe('TRUNCATE');
});
