import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import type { Erasing } from '../../src/core/audit/port.ts';
import { ChainWriter } from '../../src/node/audit/chainWriter.ts';
import { LogFile } from '../../src/node/audit/logFile.ts';
import { AuditStore } from '../../src/node/audit/store.ts';
import { verifyInWorker } from '../../src/node/audit/verify/verifyInWorker.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import type { NewEvent } from '../../src/shared/auditEvent.ts';
import { eventsOfRun } from '../support/manyEvents.ts';
import { temporaryFolder } from '../support/tree.ts';

const ME = identityOf(process.pid);
const GONE = { pid: 999_999_999, start: 'long ago', boot: 'another' };

function opened(file: string, owner = ME): AuditStore {
  const store = new AuditStore(file, owner);
  onTestFinished(() => {
    store.close();
  });
  return store;
}

function write(file: string, ...runs: readonly NewEvent[][]): void {
  const log = new LogFile(file);
  const chain = new ChainWriter(log, dirname(file), process.pid);
  log.use('write', (connection) => {
    chain.transaction(connection, () => {
      for (const event of runs.flat()) chain.append(connection, event);
    });
  });
  log.close();
}

/** A run that says words of its own, in every kind of text: so many that they fill pages of the index. */
function secretRun(number: number, secret: string, user: string, many = 400): NewEvent[] {
  const words = Array.from({ length: many }, (_, at) => `${secret}${(at * 7919).toString(36)}zz`).join(' ');
  return eventsOfRun(number, 40).map((event) => {
    if (event.type === 'run_started')
      return { ...event, payload: { ...event.payload, task: `mend ${secret} now`, user } };
    if (event.type === 'egress') return { ...event, payload: { ...event.payload, contentOf: [`/w/${secret}/x`] } };
    if (event.type === 'finished') return { ...event, payload: { output: words } };
    return event;
  });
}

/** All bytes of the files that belong to the log, or of those whose names begin so. */
function bytesOf(file: string, beginning = 'audit'): Buffer {
  const names = readdirSync(dirname(file)).filter((name) => name.startsWith(beginning));
  return Buffer.concat(names.map((name) => readFileSync(join(dirname(file), name))));
}

/** Words in the index that contain a text: what FTS5 itself says that it holds. */
function indexed(file: string, part: string): number {
  const copy = `${file}.copy`;
  copyFileSync(join(dirname(file), 'audit-search.db'), copy);
  using database = new DatabaseSync(copy);
  database.exec("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'search', 'row')");
  const count = Number(
    database.prepare('SELECT count(*) AS n FROM temp.words WHERE instr(term, ?) > 0').get(part)?.['n'],
  );
  database.close();
  rmSync(copy);
  return count;
}

function finds(store: AuditStore, text: string): string[] {
  while (store.advance() > 0);
  return store.find({ text }, 50).runs.map(({ run }) => run);
}

async function isWhole(file: string): Promise<unknown> {
  const against = { account: undefined, testimonies: [] };
  const verdict = await verifyInWorker({ file, against }, new AbortController().signal);
  return verdict?.problem ?? verdict?.state !== 'broken';
}

const SCOPES: [string, (last: number) => Erasing][] = [
  ['a run', () => ({ scope: 'run', run: 'run-000001' })],
  ['a person', () => ({ scope: 'person', user: 'mallory' })],
  ['retention', (last) => ({ scope: 'retention', upTo: last })],
];

test.each(SCOPES)('%s erased: nobody finds it, its bytes are nowhere, the rest is as it was', async (_, scope) => {
  const file = join(await temporaryFolder(), 'audit.db');
  write(file, secretRun(1, 'qxsecret', 'mallory'));
  const [store, other] = [opened(file), opened(file)];
  const last = store.events('run-000001').at(-1)?.seq ?? 0;
  write(file, secretRun(2, 'vkeptword', 'alice'));
  store.saveTranscript('run-000001', [{ role: 'user', text: 'mend qxsecret now' }]);
  store.saveTranscript('run-000002', [{ role: 'user', text: 'mend vkeptword now' }]);
  expect([finds(store, 'qxsecret'), finds(other, 'qxsecret')]).toEqual([['run-000001'], ['run-000001']]);
  expect(bytesOf(file).includes('qxsecret')).toBe(true);
  expect(indexed(file, 'qxsecret')).toBeGreaterThan(300);
  const before = store.events('run-000001');

  const erased = store.erase(scope(last));
  expect(erased).toMatchObject({ payloads: before.filter(({ payload }) => payload).length, left: undefined });
  for (const one of [store, other, opened(file)]) {
    for (const word of ['qxsecret', 'qx', 'mend qxsecret']) expect(finds(one, word)).toEqual([]);
    expect(one.find({ path: 'qxsecret' }, 5).runs).toEqual([]);
    expect(one.matching('run-000001', 'qxsecret')).toEqual([]);
    expect(finds(one, 'vkeptword')).toEqual(['run-000002']);
    expect(one.find({ tool: 'edit_file' }, 5).runs.map(({ run }) => run)).toEqual(['run-000002', 'run-000001']);
    expect(one.loadTranscript('run-000001')).toBeUndefined();
    expect(one.loadTranscript('run-000002')).toBeDefined();
  }
  expect(indexed(file, 'qxsecret')).toBe(0);
  expect(bytesOf(file, 'audit.db').includes('qxsecret')).toBe(false);
  expect(bytesOf(file, 'audit.db').includes('vkeptword')).toBe(true);
  expect(store.events('run-000001').map(({ hash }) => hash)).toEqual(before.map(({ hash }) => hash));
  expect(store.events('log').at(-2)).toMatchObject({ type: 'erasure', data: { scope: scope(last).scope } });
  expect(await isWhole(file)).toBe(true);
});

test.each(SCOPES)('%s erased: its words are nowhere in the file of the index', async (_, scope) => {
  const file = join(await temporaryFolder(), 'audit.db');
  write(file, secretRun(1, 'qxsecret', 'mallory'), secretRun(2, 'vkeptword', 'alice'));
  const store = opened(file);
  expect(finds(store, 'qxsecret')).toEqual(['run-000001']);
  expect(bytesOf(file, 'audit-search').includes('qxsecret')).toBe(true);
  store.erase(scope(store.events('run-000001').at(-1)?.seq ?? 0));
  expect(bytesOf(file).includes('qxsecret')).toBe(false);
});

test('more than is worth taking out of the index: it is made anew, and holds nothing of it', async () => {
  const file = join(await temporaryFolder(), 'audit.db');
  write(file, secretRun(2, 'vkeptword', 'alice'));
  write(file, ...Array.from({ length: 80 }, (_, at) => secretRun(at + 10, 'qxsecret', 'mallory', 5)));
  const [store, other] = [opened(file), opened(file)];
  expect(finds(other, 'qxsecret')).toHaveLength(50);
  expect(store.erase({ scope: 'person', user: 'mallory' }).payloads).toBeGreaterThan(2000);
  expect(bytesOf(file).includes('qxsecret')).toBe(false);
  expect([finds(other, 'qxsecret'), finds(store, 'qxsecret')]).toEqual([[], []]);
  expect(finds(other, 'vkeptword')).toEqual(['run-000002']);
  expect(indexed(file, 'qxsecret')).toBe(0);
});

test('a run that is active keeps its texts, whatever is to be erased', async () => {
  const file = join(await temporaryFolder(), 'audit.db');
  const store = opened(file);
  expect(store.claim(['/w'], 'run-000001')).toEqual({ ok: true });
  write(file, secretRun(1, 'qxsecret', 'mallory'));
  store.saveTranscript('run-000001', ['qxsecret']);
  for (const [, scope] of SCOPES) expect(opened(file).erase(scope(1000)).payloads).toBe(0);
  expect(store.loadTranscript('run-000001')).toEqual(['qxsecret']);
  expect(finds(store, 'qxsecret')).toEqual(['run-000001']);
  store.release('run-000001');
  expect(store.erase({ scope: 'run', run: 'run-000001' }).payloads).toBeGreaterThan(10);
});

test('what is to be erased was not indexed yet, or there is no index at all', async () => {
  const file = join(await temporaryFolder(), 'audit.db');
  write(file, secretRun(1, 'qxsecret', 'mallory'), secretRun(2, 'vkeptword', 'alice'));
  const store = opened(file);
  expect(store.advance()).toBe(0);
  store.close();
  rmSync(join(dirname(file), 'audit-search.db'));
  const again = opened(file);
  again.erase({ scope: 'run', run: 'run-000001' });
  expect(bytesOf(file).includes('qxsecret')).toBe(false);
  expect([finds(again, 'qxsecret'), finds(again, 'vkeptword')]).toEqual([[], ['run-000002']]);
});

test('names that are SQL are names', async () => {
  const file = join(await temporaryFolder(), 'audit.db');
  write(file, secretRun(1, 'qxsecret', `x' OR 1=1 --`), secretRun(2, 'vkeptword', 'alice'));
  const store = opened(file);
  expect(store.erase({ scope: 'run', run: `run-000001' OR '1'='1` }).payloads).toBe(0);
  expect(store.erase({ scope: 'person', user: `alice' --` }).payloads).toBe(0);
  expect(store.erase({ scope: 'person', user: '%' }).payloads).toBe(0);
  expect(store.erase({ scope: 'person', user: `x' OR 1=1 --` }).payloads).toBeGreaterThan(10);
  expect(finds(store, 'vkeptword')).toEqual(['run-000002']);
});

test('retention by days keeps what is younger, by size what fits, and takes everything at the most', async () => {
  const file = join(await temporaryFolder(), 'audit.db');
  write(file, secretRun(1, 'qxsecret', 'mallory'), secretRun(2, 'vkeptword', 'alice'));
  const store = opened(file);
  for (const keep of [{}, { days: 1 }, { bytes: 1 << 30 }, { days: 36_500, bytes: 2 ** 40 }])
    expect(store.retain(keep)).toMatchObject({ payloads: 0 });
  expect(store.retain({ bytes: 1 }).payloads).toBeGreaterThan(20);
  expect(bytesOf(file, 'audit.db').includes('vkeptword')).toBe(false);
  expect(store.retain({ bytes: 1 })).toMatchObject({ payloads: 0 });
  expect(await isWhole(file)).toBe(true);
});

test('retention by size erases the oldest, so much as is too much, and gives the space back', async () => {
  const file = join(await temporaryFolder(), 'audit.db');
  write(file, secretRun(1, 'qxsecret', 'mallory', 4000), secretRun(2, 'vkeptword', 'alice', 4000));
  const store = opened(file);
  store.append({ type: 'turn_started', run: 'run-000002', turn: 1, data: { turn: 1 } });
  const size = readFileSync(file).length;
  expect(store.retain({ bytes: size - 40_000 }).payloads).toBeGreaterThan(0);
  // Whose run it is stays as long as anything of it does; what came next goes first.
  const [started, , egress] = store.events('run-000001');
  expect([started?.payload?.['user'], egress?.type, egress?.payload]).toEqual(['mallory', 'egress', undefined]);
  expect(finds(store, 'vkeptword')).toEqual(['run-000002']);
  expect(readFileSync(file).length).toBeLessThanOrEqual(size - 40_000);
});

test('retention by size: an old run that went on just now takes no other run with it', async () => {
  const file = join(await temporaryFolder(), 'audit.db');
  const runs = Array.from({ length: 10 }, (_, at) => secretRun(at + 1, `word${at}x`, 'alice', 3000));
  write(file, ...runs, eventsOfRun(1, 10));
  const store = opened(file);
  const size = readFileSync(file).length;
  expect(store.retain({ bytes: size - 20_000 }).payloads).toBeGreaterThan(0);
  const kept = runs.filter((_, at) => store.events(`run-${String(at + 1).padStart(6, '0')}`)[0]?.payload !== undefined);
  expect(kept).toHaveLength(9);
  expect(store.events('run-000001')[0]?.payload).toBeDefined();
  expect(store.events('run-000002')[0]?.payload).toBeUndefined();
});

/** Two stores, the second of which made the index anew because somebody removed it. */
async function apart(): Promise<{ file: string; first: AuditStore; second: AuditStore }> {
  const file = join(await temporaryFolder(), 'audit.db');
  write(file, secretRun(1, 'qxsecret', 'mallory', 5));
  const first = opened(file);
  expect(finds(first, 'qxsecret')).toEqual(['run-000001']);
  rmSync(join(dirname(file), 'audit-search.db'));
  const second = opened(file);
  expect(finds(second, 'qxsecret')).toEqual(['run-000001']);
  return { file, first, second };
}

test('the index was removed and made anew by another process: an erasure here goes through that one', async () => {
  const { file, first, second } = await apart();
  first.erase({ scope: 'run', run: 'run-000001' });
  expect(bytesOf(file).includes('qxsecret')).toBe(false);
  expect(finds(second, 'qxsecret')).toEqual([]);
});

test('the index was removed and made anew by another process: what that one erases is not found here', async () => {
  const { first, second } = await apart();
  second.erase({ scope: 'run', run: 'run-000001' });
  expect(finds(first, 'qxsecret')).toEqual([]);
});

test('an earlier copy of the same log is put back: what comes then is found', async () => {
  const file = join(await temporaryFolder(), 'audit.db');
  write(file, eventsOfRun(1, 20));
  const earlier = readFileSync(file);
  write(file, eventsOfRun(2, 60));
  const later = opened(file);
  expect(finds(later, 'number')).toEqual(['run-000002', 'run-000001']);
  later.close();
  writeFileSync(file, earlier);
  write(file, eventsOfRun(3, 20));
  expect(finds(opened(file), 'number')).toEqual(['run-000003', 'run-000001']);
});

/** A run whose process died: its last event has no payload, and its conversation is stored. */
async function crashed(): Promise<{ file: string; store: AuditStore; last: number }> {
  const file = join(await temporaryFolder(), 'audit.db');
  const dead = opened(file, GONE);
  dead.claim(['/w'], 'run-000001');
  write(file, secretRun(1, 'qxsecret', 'mallory').slice(0, -1));
  dead.saveTranscript('run-000001', ['qxsecret']);
  dead.close();
  const store = opened(file);
  return { file, store, last: store.events('run-000001').findLast(({ payload }) => payload)?.seq ?? 0 };
}

test('a run that crashed: what retention leaves of it can still be erased, the stored conversation too', async () => {
  const { file, store, last } = await crashed();
  expect(store.recover()).toEqual(['run-000001']);
  store.erase({ scope: 'retention', upTo: last });
  store.erase({ scope: 'run', run: 'run-000001' });
  expect(bytesOf(file, 'audit.db').includes('qxsecret')).toBe(false);
  expect(store.loadTranscript('run-000001')).toBeUndefined();
});

test('retention takes a run that crashed, although its last event has no payload', async () => {
  const { file, store } = await crashed();
  store.recover();
  expect(store.retain({ bytes: 1 }).payloads).toBeGreaterThan(10);
  expect(bytesOf(file, 'audit.db').includes('qxsecret')).toBe(false);
});

test('a run whose process is gone is not active, and can be erased', async () => {
  const { store } = await crashed();
  expect(store.erase({ scope: 'run', run: 'run-000001' }).payloads).toBeGreaterThan(10);
});

test(
  'somebody reads the log while it is erased: what stays in the write-ahead log is said',
  { timeout: 60_000 },
  async () => {
    const file = join(await temporaryFolder(), 'audit.db');
    write(file, secretRun(1, 'qxsecret', 'mallory', 5));
    const store = opened(file);
    using reader = new DatabaseSync(file, { readOnly: true });
    store.append({ type: 'turn_started', run: 'run-000001', turn: 1, data: { turn: 1 } });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM events').get();
    const { payloads, left } = store.erase({ scope: 'run', run: 'run-000001' });
    expect(payloads).toBeGreaterThan(10);
    expect(left).toContain('audit.db-wal');
    reader.exec('COMMIT');
    reader.close();
    // As the sentence says: erasing again sweeps, although there is nothing left to erase.
    expect(store.erase({ scope: 'run', run: 'run-000001' })).toMatchObject({ payloads: 0, left: undefined });
    expect(bytesOf(file, 'audit.db').includes('qxsecret')).toBe(false);
  },
);

test('a run whose beginning had to go for its size still goes with the person whose it is', async () => {
  const file = join(await temporaryFolder(), 'audit.db');
  const store = opened(file);
  for (const event of eventsOfRun(1, 20).slice(0, 3))
    store.append(event.type === 'run_started' ? { ...event, payload: { ...event.payload, user: 'bob' } } : event);
  const said = (at: number): NewEvent => ({
    type: 'model_replied',
    run: 'run-000001',
    turn: at,
    data: { calls: 0 },
    payload: { text: `hush ${at} ${'x'.repeat(5000)}` },
  });
  for (let at = 0; at < 400; at += 1) store.append(said(at));
  const count = (): number => {
    using database = new DatabaseSync(file, { readOnly: true });
    return Number(database.prepare("SELECT count(*) AS n FROM payloads WHERE body LIKE '%hush%'").get()?.['n']);
  };
  store.retain({ bytes: 1_500_000 });
  expect(count()).toBeGreaterThan(0); // the control: it lost its beginning, and there is more of it
  expect(count()).toBeLessThan(400);
  expect(store.erase({ scope: 'person', user: 'bob' }).payloads).toBeGreaterThan(0);
  expect(count()).toBe(0);
  expect(bytesOf(file).includes('hush')).toBe(false);
});
