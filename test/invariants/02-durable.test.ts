import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { AuditClient } from '../../src/node/audit/auditClient.ts';
import { openDatabase, openReadOnly } from '../../src/node/audit/database.ts';
import { accountKey } from '../../src/node/audit/keys.ts';
import { LogFile } from '../../src/node/audit/logFile.ts';
import { eventsOf } from '../../src/node/audit/logReader.ts';
import { AuditStore } from '../../src/node/audit/store.ts';
import { verifyDatabase } from '../../src/node/audit/verify/verifyDatabase.ts';
import { sha256 } from '../../src/node/files/hash.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import type { AuditRecord, NewEvent } from '../../src/shared/auditEvent.ts';
import { inOneFile } from '../support/childProgram.ts';
import { Random, seedOf } from '../support/logWorldRandom.ts';
import { eventsOfRun } from '../support/manyEvents.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const NOTICE: NewEvent = { type: 'notice', run: 'r', data: { of: 'a test' }, payload: { text: 'something' } };

function storeOf(data: string): AuditStore {
  const store = new AuditStore(join(data, 'audit.db'), identityOf(process.pid));
  onTestFinished(() => {
    store.close();
  });
  return store;
}

/** A folder with a log of a run, whole and closed. */
async function withLog(): Promise<string> {
  const data = await temporaryFolder();
  const store = new AuditStore(join(data, 'audit.db'), identityOf(process.pid));
  for (const event of eventsOfRun(1, 60)) store.append(event);
  store.close();
  return data;
}

function gapIn(data: string): AuditRecord | undefined {
  const connection = openReadOnly(join(data, 'audit.db'));
  try {
    return eventsOf(connection, 'log').find(({ type }) => type === 'gap');
  } finally {
    connection.close();
  }
}

function isWhole(data: string): unknown {
  const account = { key: accountKey(data).publicKey, from: 'local' as const };
  // The last events of a process that was cut off may be signed by nobody yet, and the verdict says so.
  const { state, problem } = verifyDatabase(join(data, 'audit.db'), { account, testimonies: [] }, () => undefined);
  return state === 'broken' ? problem : 'whole';
}

/** What lies aside must be one file, with the bytes that the gap event names. */
function expectAside(data: string, reason?: string): string {
  const names = readdirSync(join(data, 'damaged')).filter((name) => name.endsWith('.db'));
  expect(names).toHaveLength(1);
  const file = join(data, 'damaged', names[0] ?? '');
  expect(gapIn(data)).toMatchObject({
    data: { ...(reason !== undefined && { reason }), digest: sha256(readFileSync(file)), bytes: statSync(file).size },
    payload: { file },
  });
  return file;
}

test('a full disk: the action does not happen, and goes on when there is space again', async () => {
  const base = await temporaryFolder();
  await plant(base, { 'work/.keep': '', 'home/.keep': '', 'data/.keep': '' });
  const data = join(base, 'data');
  const script = new URL('../support/doomedRunFull.ts', import.meta.url).pathname;
  const inside = ['--dev-bind', '/', '/', '--size', String(4 << 20), '--tmpfs', data];
  const child = spawn('bwrap', [...inside, process.execPath, script, base, data], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  const line = out.split('\n').find((text) => text.startsWith('{')) ?? '';
  expect(line, errors).not.toBe('');
  const said = JSON.parse(line) as Record<string, unknown>;
  expect(said).toMatchObject({
    first: { isThere: true },
    full: { isThere: false },
    after: { isThere: true },
    ok: true,
  });
  expect((said['full'] as { words: string }).words).toMatch(/free/);
});

test('a data folder that cannot be written: nothing is recorded, and it says what to do', async () => {
  const data = await withLog();
  const [uid, gid] = process.getuid?.() === 0 ? [65534, 65534] : [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  for (const name of ['', ...readdirSync(data)]) chownSync(join(data, name), uid, gid);
  for (const name of readdirSync(data)) chmodSync(join(data, name), 0o400);
  chmodSync(data, 0o500);
  // The repository, and Node in it, may lie where only root can read.
  const readable = await temporaryFolder();
  chmodSync(readable, 0o755);
  const node = join(readable, 'node');
  copyFileSync(process.execPath, node);
  chmodSync(node, 0o755);
  const module = join(import.meta.dirname, '../../src/node/audit/store.ts');
  const store = pathToFileURL(await inOneFile(module, join(readable, 'store.mjs'))).href;
  const code = `const { AuditStore } = await import(${JSON.stringify(store)});
    const store = new AuditStore(${JSON.stringify(join(data, 'audit.db'))}, { pid: process.pid, start: '', boot: '' });
    try { store.append(${JSON.stringify(NOTICE)}); console.log('recorded'); } catch (error) { console.log(error.message); }`;
  const asUser = process.getuid?.() === 0 ? ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : [];
  const [program, ...args] = [...asUser, node, '--input-type=module', '-e', code];
  const before = readdirSync(data);
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  expect(stdout, stderr).toMatch(/cannot be written; mend the permissions/);
  expect(readdirSync(data)).toEqual(before);
});

test('a log that another program holds for too long: it says so, and goes on afterwards', async () => {
  const data = await withLog();
  await using audit = await AuditClient.open(data);
  await audit.append(NOTICE);
  const holder = new DatabaseSync(join(data, 'audit.db'));
  holder.exec('BEGIN IMMEDIATE');
  await expect(audit.append(NOTICE)).rejects.toThrow(/another program has held .* close what has it open/);
  holder.exec('ROLLBACK');
  holder.close();
  await audit.append(NOTICE);
  expect(isWhole(data)).toBe('whole');
  expect(await audit.events('r')).toHaveLength(2);
});

test('a file that is no log is set aside whole, and a new log names it', async () => {
  const data = await temporaryFolder();
  const text = 'this is not a database at all, but somebody’s file\n'.repeat(50);
  writeFileSync(join(data, 'audit.db'), text);
  storeOf(data).append(NOTICE);
  expect(readFileSync(expectAside(data, 'damaged'), 'utf8')).toBe(text);
  expect(isWhole(data)).toBe('whole');
});

test.each([0, 99, 100, 4096, 5000, 20_000])('a log cut off after %i bytes: recording goes on', async (bytes) => {
  const data = await withLog();
  truncateSync(join(data, 'audit.db'), bytes);
  const cut = readFileSync(join(data, 'audit.db'));
  storeOf(data).append(NOTICE);
  expect(storeOf(data).events('r')).toHaveLength(1);
  expect(isWhole(data)).toBe('whole');
  // Without a byte there is nothing to keep, but that there was a log is said.
  if (bytes === 0) expect(gapIn(data)).toMatchObject({ data: { reason: 'missing' } });
  else expect(readFileSync(expectAside(data, 'damaged'))).toEqual(cut);
});

/** How many events are shown of the run; or that the log is damaged, said in words. */
function shownOf(store: AuditStore): number | string {
  try {
    return store.events('r').length;
  } catch (error) {
    expect(String(error)).toMatch(/audit\.db is damaged; run "Verify/);
    return String(error);
  }
}

test('an index that leads to nothing does not make a run one that never was', async () => {
  const data = await withLog();
  const database = new DatabaseSync(join(data, 'audit.db'));
  const page = Number(
    database.prepare("SELECT rootpage AS p FROM sqlite_schema WHERE name = 'events_by_run'").get()?.['p'],
  );
  database.close();
  expect(shownOf(storeOf(data))).toBe(0); // of a run that is not there
  const bytes = readFileSync(join(data, 'audit.db'));
  // The index's first page becomes a leaf with no entry.
  bytes.set([0x0a, 0, 0, 0, 0, 0x10, 0, 0], (page - 1) * 4096);
  writeFileSync(join(data, 'audit.db'), bytes);
  const [run] = eventsOfRun(1, 1).map((event) => event.run);
  expect(() => storeOf(data).events(run ?? '')).toThrow(/audit\.db is damaged; run "Verify/);
});

test('bytes flipped in 120 logs: recording never stops, no log is lost', async () => {
  const seed = seedOf(process.env);
  console.log(`seed ${seed}`);
  const from = await withLog();
  let aside = 0;
  for (let trial = 0; trial < 120; trial += 1) {
    const random = new Random(seed + trial);
    const data = join(from, `trial-${trial}`);
    mkdirSync(data);
    copyFileSync(join(from, 'account.key'), join(data, 'account.key'));
    const bytes = readFileSync(join(from, 'audit.db'));
    for (let flips = random.int(1, 40); flips > 0; flips -= 1) {
      const at = random.int(64, bytes.length - 1); // not the number of the format: a newer one is left alone
      bytes[at] = (bytes[at] ?? 0) ^ random.int(1, 255);
    }
    writeFileSync(join(data, 'audit.db'), bytes);
    const store = new AuditStore(join(data, 'audit.db'), identityOf(process.pid));
    try {
      for (let more = 0; more < 5; more += 1) store.append(NOTICE);
      store.recover(); // may be the first to find the damage
      store.append(NOTICE);
      expect(shownOf(store)).not.toBe(0);
    } catch (error) {
      throw new Error(`seed ${seed + trial}: ${String(error)}`, { cause: error });
    } finally {
      store.close();
    }
    if (existsSync(join(data, 'damaged'))) {
      aside += 1;
      const file = expectAside(data); // an account's key that was hit reads as another one
      expect(statSync(file).size).toBeGreaterThan(0);
      expect(isWhole(data)).toBe('whole');
    }
    rmSync(data, { recursive: true });
  }
  expect(aside).toBeGreaterThan(20);
}, 120_000);

test('an account key that is missing: the log is set aside, and a new one begins', async () => {
  const data = await withLog();
  rmSync(join(data, 'account.key'));
  storeOf(data).append(NOTICE);
  expectAside(data, 'other key');
  expect(isWhole(data)).toBe('whole');
});

test('an account key that is damaged stops recording by name; the right one back, it goes on', async () => {
  const data = await withLog();
  const key = readFileSync(join(data, 'account.key'));
  writeFileSync(join(data, 'account.key'), key.subarray(0, 40));
  expect(() => storeOf(data).append(NOTICE)).toThrow(/signing key .* put the right file back/);
  writeFileSync(join(data, 'account.key'), key);
  storeOf(data).append(NOTICE);
  expect(existsSync(join(data, 'damaged'))).toBe(false);
  expect(isWhole(data)).toBe('whole');
});

test('an account key that others can read is closed to them', async () => {
  const data = await withLog();
  chmodSync(join(data, 'account.key'), 0o644);
  storeOf(data).append(NOTICE);
  expect(statSync(join(data, 'account.key')).mode & 0o777).toBe(0o600);
  expect(statSync(join(data, 'audit.db')).mode & 0o777).toBe(0o600);
});

test('a log that is removed while it is open: what follows is recorded in a new one that says so', async () => {
  const data = await withLog();
  const store = storeOf(data);
  store.append(NOTICE);
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(data, `audit.db${suffix}`), { force: true });
  store.append(NOTICE);
  expect(gapIn(data)).toMatchObject({ data: { reason: 'missing' } });
  expect(store.events('r')).toHaveLength(1);
  expect(isWhole(data)).toBe('whole');
});

test('a claim outlives the log that it was made in', async () => {
  const data = await withLog();
  const [store, other] = [storeOf(data), storeOf(data)];
  store.append({ ...NOTICE, run: 'mine' });
  expect(store.claim(['/work'], 'mine')).toEqual({ ok: true });
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(data, `audit.db${suffix}`), { force: true });
  store.append({ ...NOTICE, run: 'mine' });
  expect(other.claim(['/work'], 'another')).toMatchObject({ ok: false, holder: { run: 'mine' } });
});

test('an older format makes room; a newer one is refused and left alone', async () => {
  const older = await temporaryFolder();
  using database = new DatabaseSync(join(older, 'audit.db'));
  database.exec('CREATE TABLE events (seq INTEGER PRIMARY KEY, body TEXT); PRAGMA user_version = 1;');
  database.close();
  const bytes = readFileSync(join(older, 'audit.db'));
  storeOf(older).append(NOTICE);
  expect(readFileSync(expectAside(older, 'older format'))).toEqual(bytes);
  expect(isWhole(older)).toBe('whole');

  const newer = await withLog();
  using next = new DatabaseSync(join(newer, 'audit.db'));
  next.exec('PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE);');
  next.close();
  const kept = readFileSync(join(newer, 'audit.db'));
  expect(() => storeOf(newer).append(NOTICE)).toThrow(/newer version of Oversign/);
  expect(readFileSync(join(newer, 'audit.db'))).toEqual(kept);
  expect(existsSync(join(newer, 'damaged'))).toBe(false);
});

test('whoever finds the damage late leaves the log alone that another process began meanwhile', async () => {
  const data = await withLog();
  const path = join(data, 'audit.db');
  const late = (between: () => void): LogFile => {
    let isFirst = true;
    return new LogFile(path, (file) => {
      try {
        return openDatabase(file);
      } finally {
        if (isFirst) between();
        isFirst = false;
      }
    });
  };
  writeFileSync(path, 'garbage\n'.repeat(3000));
  const other = (): void => {
    storeOf(data).append(NOTICE);
  };
  const file = late(other);
  file.connection();
  file.close();
  expectAside(data, 'damaged');
  expect(storeOf(data).events('r')).toHaveLength(1);

  // Nor where there was none when it looked.
  rmSync(path);
  writeFileSync(join(data, 'half'), 'garbage\n'.repeat(3000));
  let looks = 0;
  const early = new LogFile(path, (file) => {
    looks += 1;
    if (looks > 1) return openDatabase(file);
    other();
    return openDatabase(join(data, 'half'));
  });
  early.connection();
  early.close();
  expect(looks).toBe(2);
  expect(readdirSync(join(data, 'damaged')).filter((name) => name.endsWith('.db'))).toHaveLength(1);
  expect(storeOf(data).events('r')).toHaveLength(1);
});

test('several processes that find the damage at once: one file aside, one new log', async () => {
  for (let round = 0; round < 6; round += 1) {
    const data = await withLog();
    const text = `garbage ${round}\n`.repeat(3000);
    writeFileSync(join(data, 'audit.db'), text);
    const clients = await Promise.all([1, 2, 3].map(() => AuditClient.open(data)));
    await Promise.all(clients.flatMap((client) => [client.append(NOTICE), client.append(NOTICE)]));
    for (const client of clients) await client[Symbol.asyncDispose]();
    expect(readFileSync(expectAside(data, 'damaged'), 'utf8')).toBe(text);
    expect(storeOf(data).events('r')).toHaveLength(6);
    expect(isWhole(data)).toBe('whole');
  }
}, 120_000);
