import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { AuditStore } from '../../src/node/audit/store.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import { bodyOf, putInto, rehash, renumber, takeFrom } from '../support/logAttacksRows.ts';
import { eventsOfRun } from '../support/manyEvents.ts';
import { temporaryFolder } from '../support/tree.ts';

function opened(file: string): AuditStore {
  const store = new AuditStore(file, identityOf(process.pid));
  onTestFinished(() => {
    store.close();
  });
  return store;
}

/** Run 1, whose conversation is stored twice, between runs that came before and after it. */
async function twoConversations(): Promise<{ file: string; earlier: unknown[] }> {
  const file = join(await temporaryFolder(), 'audit.db');
  const store = opened(file);
  for (const event of [...eventsOfRun(2, 20), ...eventsOfRun(1, 20)]) store.append(event);
  const run = 'run-000001';
  store.saveTranscript(run, ['earlier']);
  using database = new DatabaseSync(file, { readOnly: true });
  const earlier = Object.values(database.prepare('SELECT * FROM transcripts').get() ?? {});
  for (let reply = 0; reply < 3; reply += 1)
    store.append({ type: 'model_replied', run, data: { calls: 0 }, payload: { text: 'no' } });
  store.saveTranscript(run, ['earlier', 'later']);
  for (const event of eventsOfRun(3, 20)) store.append(event);
  expect(store.loadTranscript(run)).toEqual(['earlier', 'later']); // the control
  store.close();
  return { file, earlier };
}

/** Puts the earlier conversation back, and takes out of the log what came after it in its run. */
function rolledBack(file: string, earlier: unknown[], how: 'as it is' | 'numbers and hashes made again'): void {
  const held = takeFrom(file, 'database');
  const at = held.rows.findIndex((row) => bodyOf(row).type === 'conversation') + 1;
  const isLater = (index: number, run: string): boolean => index >= at && run === 'run-000001';
  held.rows = held.rows.filter((row, index) => !isLater(index, bodyOf(row).run));
  if (how !== 'as it is') {
    renumber(held.rows, at);
    rehash(held.rows, at);
  }
  putInto(file, 'database', held);
  using database = new DatabaseSync(file);
  database.prepare('INSERT OR REPLACE INTO transcripts VALUES (?, ?, ?, ?, ?)').run(...(earlier as string[]));
}

test.each(['as it is', 'numbers and hashes made again'] as const)(
  'an earlier conversation, with what came after it taken out of the log (%s), is not resumed',
  async (how) => {
    const { file, earlier } = await twoConversations();
    rolledBack(file, earlier, how);
    const resume = (): unknown => opened(file).loadTranscript('run-000001');
    expect(resume).toThrow(/event \d+ of the log, on which it rests, is broken/);
  },
);

test('what is broken in the log before a run does not keep it from going on', async () => {
  const { file } = await twoConversations();
  const held = takeFrom(file, 'database');
  const row = held.rows[10];
  if (row) row.body = row.body.replace('"run":"run-000002"', '"run":"run-000009"');
  putInto(file, 'database', held);
  expect(opened(file).loadTranscript('run-000001')).toEqual(['earlier', 'later']);
});

test('a whole log that another account signed, put in the place of this one, is not resumed from', async () => {
  const { file } = await twoConversations();
  const other = await twoConversations();
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  for (const suffix of ['', '-wal'])
    if (existsSync(other.file + suffix)) copyFileSync(other.file + suffix, file + suffix);
  expect(opened(other.file).loadTranscript('run-000001')).toEqual(['earlier', 'later']); // the control
  expect(() => opened(file).loadTranscript('run-000001')).toThrow(/another account key/);
});
