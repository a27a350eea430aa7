import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditClient } from '../../src/node/audit/auditClient.ts';
import { accountKey } from '../../src/node/audit/keys.ts';
import { placeOf } from '../../src/node/audit/place.ts';
import { verifyInWorker } from '../../src/node/audit/verify/verifyInWorker.ts';
import { verifyDatabase } from '../../src/node/audit/verify/verifyDatabase.ts';
import { ATTACKS } from '../support/logAttacks.ts';
import { checkHonest, honestWorlds, tableText, type Honest } from '../support/logAttacksHonest.ts';
import { takeFrom, putInto } from '../support/logAttacksRows.ts';
import { against, exportTo, firstDifference, playAttacks, verdictOf } from '../support/logAttacksTable.ts';
import { KINDS, honestWorld, worldsFolder, type World } from '../support/logWorld.ts';
import { seedOf } from '../support/logWorldRandom.ts';
import { temporaryFolder } from '../support/tree.ts';

const TRIALS = 60;
const seed = seedOf(process.env);
let base = '';
let worlds: World[] = [];
let honest: Honest = { checks: 0, alarms: [] };

beforeAll(async () => {
  console.log(`seed ${seed}`);
  base = worldsFolder();
  ({ worlds, honest } = await honestWorlds(4, seed, base));
}, 300_000);

afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});

test('eight attacks, sixty trials each, with a witness and without: none is missed', async () => {
  const { lines, accounts } = await playAttacks(worlds, TRIALS, seed, base);
  console.log(tableText(lines, honest));
  expect(accounts.filter(({ outcome }) => outcome === 'missed')).toEqual([]);
  expect(lines.map(({ attack, trials }) => [attack, trials])).toEqual(
    Object.keys(ATTACKS).flatMap((attack) => [
      [attack, TRIALS],
      [attack, TRIALS],
    ]),
  );
  // What was changed before the last signature is found without any witness; the rest is said to be open.
  for (const { attack, found } of lines)
    if (['modify', 'delete', 'insert', 'reorder', 'duplicate'].includes(attack)) expect(found).toBeGreaterThan(45);
  for (const { witness, found } of lines) if (witness) expect(found).toBeGreaterThan(30);
}, 600_000);

test('honest logs of every kind raise no alarm: as they lie, exported, and run by run', () => {
  expect(honest.alarms).toEqual([]);
  expect(honest.checks).toBeGreaterThan(4 * KINDS.length * 6);
});

test('the check of the check: nothing done is nothing found, and what is done is seen', async () => {
  const world = await honestWorld('plain', seed + 1000, base);
  const file = join(world.data, 'copy.db');
  copyFileSync(world.file, file);
  const before = takeFrom(file, 'database');
  putInto(file, 'database', before); // taken out and put back: as good as untouched
  const after = takeFrom(file, 'database');
  expect(firstDifference(before.rows, after.rows)).toBeUndefined();
  expect(verdictOf(file, 'database', against(world, true))).not.toHaveProperty('problem');
  const [row] = after.rows.slice(5, 6);
  if (row) row.body = row.body.replace('"v":1', '"v":2');
  expect(firstDifference(before.rows, after.rows)).toBe(6);
  putInto(file, 'database', after);
  expect(verdictOf(file, 'database', against(world, true))).toMatchObject({ ok: false, problem: { seq: 6 } });
});

test('the check of the check: a witness that saw nothing vouches for nothing', async () => {
  const world = await honestWorld('plain', seed + 1001, base);
  const last = takeFrom(world.file, 'database').rows.length;
  expect(verdictOf(world.file, 'database', against(world, false))).toMatchObject({ uncovered: last });
  const blind = { ...against(world, true), testimonies: [{ name: 'blind', heads: [] }] };
  expect(verdictOf(world.file, 'database', blind)).toMatchObject({ uncovered: last });
  const honestAgain: Honest = { checks: 0, alarms: [] };
  checkHonest({ ...world, account: 'another' }, honestAgain);
  expect(honestAgain.alarms).toHaveLength(honestAgain.checks);
});

test('an honest program cannot change or remove events', async () => {
  const data = await temporaryFolder();
  await using audit = await AuditClient.open(data);
  await audit.append({ type: 'notice', run: 'r', data: {}, payload: { text: 'x' } });
  using database = new DatabaseSync(join(data, 'audit.db'));
  expect(() => database.exec("UPDATE payloads SET body = 'x'")).toThrow('only erased');
  expect(() => database.exec('DELETE FROM payloads; DELETE FROM events')).toThrow('only appended');
  expect(() => database.exec("UPDATE events SET body = '{}'")).toThrow('only appended');
});

test('several writers at once write one chain, and it verifies at any time meanwhile', async () => {
  const data = await temporaryFolder();
  const file = join(data, 'audit.db');
  await using one = await AuditClient.open(data);
  await using two = await AuditClient.open(data);
  await one.append({ type: 'notice', run: 'r', data: { index: -1 } });
  const by = {
    account: { key: accountKey(data).publicKey, from: 'local' as const },
    testimonies: [],
    place: placeOf(data),
  };
  const written = Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      (index % 2 === 0 ? one : two).append({ type: 'notice', run: 'r', data: { index }, payload: { index } }),
    ),
  );
  const oks: boolean[] = [];
  const progress = { isDone: false };
  void written.then(() => (progress.isDone = true));
  while (!progress.isDone) {
    oks.push(verifyDatabase(file, by, () => undefined).state !== 'broken');
    exportTo(join(data, 'export.jsonl'), file);
    const exported = verdictOf(join(data, 'export.jsonl'), 'whole export', by);
    oks.push(!(exported instanceof Error) && exported.ok);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await written;
  expect(new Set(oks)).toEqual(new Set([true]));
  const verdict = await verifyInWorker({ file, against: by }, new AbortController().signal);
  expect(verdict).toMatchObject({ writers: 2 });
  expect(verdict?.problem).toBeUndefined();
  expect(await one.events('r')).toHaveLength(201);
});
