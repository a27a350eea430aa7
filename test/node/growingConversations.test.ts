import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { AuditStore } from '../../src/node/audit/store.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import { runCli } from '../support/cli.ts';
import { eventsOfRun } from '../support/manyEvents.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const RUN = 'run-000001';

async function place(): Promise<{ base: string; file: string; store: AuditStore; again: () => AuditStore }> {
  const base = await temporaryFolder();
  await plant(base, { 'data/oversign/.keep': '', 'home/.keep': '', 'config/.keep': '' });
  const file = join(base, 'data/oversign/audit.db');
  const again = (): AuditStore => {
    const store = new AuditStore(file, identityOf(process.pid));
    onTestFinished(() => {
      store.close();
    });
    return store;
  };
  const store = again();
  for (const event of eventsOfRun(1, 20)) store.append(event);
  return { base, file, store, again };
}

function sizes(file: string): number[] {
  using database = new DatabaseSync(file, { readOnly: true });
  return database
    .prepare(`SELECT octet_length(body) AS n FROM transcripts WHERE run <> ?`)
    .all(RUN)
    .map(({ n }) => Number(n));
}

test('what is stored of a conversation is what it grew by, and it is read as a whole', async () => {
  const { file, store, again } = await place();
  const long = 'x'.repeat(100_000);
  for (let at = 0; at < 20; at += 1)
    expect(store.growTranscript(RUN, { state: { turn: at }, from: at, added: [{ text: `${at} ${long}` }] })).toBe(true);
  expect(sizes(file)).toHaveLength(20);
  expect(Math.max(...sizes(file))).toBeLessThan(100_100);
  const messages = Array.from({ length: 20 }, (_, at) => ({ text: `${at} ${long}` }));
  expect(again().loadTranscript(RUN)).toEqual({ turn: 19, messages });
});

test('in whatever steps it grows, begins anew, or another process goes on with it, it is read as it is', async () => {
  const { store, again } = await place();
  const other = again();
  const step = fc.record({
    by: fc.constantFrom('one', 'other', 'whole'),
    added: fc.array(fc.string(), { maxLength: 3 }),
    kept: fc.nat({ max: 4 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      let messages: string[] = [];
      for (const [turn, { by, added, kept }] of steps.entries()) {
        const from = by === 'whole' ? 0 : messages.length;
        messages = by === 'whole' ? [...messages.slice(0, kept), ...added] : [...messages, ...added];
        const writer = by === 'other' ? other : store;
        const growth = { state: { turn }, from, added: messages.slice(from) };
        if (!writer.growTranscript(RUN, growth))
          expect(writer.growTranscript(RUN, { state: { turn }, from: 0, added: messages })).toBe(true);
        expect(store.loadTranscript(RUN)).toEqual({ turn, messages });
      }
    }),
    { numRuns: 15 },
  );
});

test.each([
  [
    'one byte of a part changed',
    "UPDATE transcripts SET body = replace(body, 'keep', 'kill') WHERE run = 'run-000001/1'",
  ],
  ['a part taken away', "DELETE FROM transcripts WHERE run = 'run-000001/1'"],
  ['the last part taken away', "DELETE FROM transcripts WHERE run = 'run-000001/2'"],
  ['a part put behind', `INSERT INTO transcripts VALUES ('run-000001/3', '["more"]', 1, '', '')`],
  ['a part put elsewhere', `INSERT INTO transcripts VALUES ('run-000001/x', '["more"]', 1, '', '')`],
  [
    'two parts exchanged',
    `UPDATE transcripts SET run = 'x' WHERE run = 'run-000001/0';
     UPDATE transcripts SET run = 'run-000001/0' WHERE run = 'run-000001/1';
     UPDATE transcripts SET run = 'run-000001/1' WHERE run = 'x'`,
  ],
  ['a part of a run that has none', `INSERT INTO transcripts VALUES ('run-000007/0', '["left"]', 1, '', '')`],
])('%s: verify names it, Resume refuses it', async (what, statement) => {
  const { base, file, store } = await place();
  for (const [from, text] of ['keep out', 'keep in', 'keep on'].entries())
    store.growTranscript(RUN, { state: {}, from, added: [text] });
  store.settle();
  expect(await runCli(['verify'], { base })).toMatchObject({ code: 0 }); // the control
  expect(store.loadTranscript(RUN)).toEqual({ messages: ['keep out', 'keep in', 'keep on'] });
  using database = new DatabaseSync(file);
  database.exec(statement);
  const verdict = await runCli(['verify'], { base });
  expect(verdict).toMatchObject({ code: 1, stdout: expect.stringContaining('(conversation)') as string });
  if (!what.endsWith('that has none'))
    expect(() => store.loadTranscript(RUN)).toThrow(/conversation of run run-000001 is not the one/);
});

test('erased, no part of it is left', async () => {
  const { file, store } = await place();
  for (const [from, text] of ['qxsecret', 'more'].entries())
    store.growTranscript(RUN, { state: {}, from, added: [text] });
  expect(sizes(file)).toHaveLength(2);
  expect(store.erase({ scope: 'run', run: RUN })).toMatchObject({ conversations: 1 });
  expect(sizes(file)).toEqual([]);
  expect(store.loadTranscript(RUN)).toBeUndefined();
  // What a process still knows of it is not gone on with.
  expect(store.growTranscript(RUN, { state: {}, from: 2, added: ['again'] })).toBe(false);
});
