import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { transcriptStatement } from '../../src/node/audit/chain.ts';
import { ChainWriter } from '../../src/node/audit/chainWriter.ts';
import { LogFile } from '../../src/node/audit/logFile.ts';
import { logOf } from '../../src/node/audit/logText.ts';
import { AuditStore } from '../../src/node/audit/store.ts';
import { sha256 } from '../../src/node/files/hash.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import { runCli, type CliEnd } from '../support/cli.ts';
import { bodyOf, putInto, rehash, takeFrom, type Held } from '../support/logAttacksRows.ts';
import { exportTo } from '../support/logAttacksTable.ts';
import { eventsOfRun } from '../support/manyEvents.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const OLD = join(import.meta.dirname, '../fixtures/log-before-signed-ends');

async function place(events = 20): Promise<{ base: string; file: string; store: AuditStore; key: string }> {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', 'data/oversign/.keep': '' });
  const file = join(base, 'data/oversign/audit.db');
  const store = new AuditStore(file, identityOf(process.pid));
  onTestFinished(() => {
    store.close();
  });
  for (const event of [...eventsOfRun(1, 20), ...eventsOfRun(2, events)]) store.append(event);
  const key = join(base, 'key.pem');
  writeFileSync(key, (await runCli(['key'], { base })).stdout);
  return { base, file, store, key };
}

async function verified(base: string, file: string, key: string): Promise<CliEnd> {
  return runCli(['verify', file, '--key', key], { base });
}

/** What somebody without any key does to an export: the words of its last events changed, all hashes made again. */
function forged(from: string, to: string, how: (held: Held) => void): void {
  const held = takeFrom(from, 'export');
  how(held);
  const [header = '', ...rest] = held.before;
  const first = (JSON.parse(header) as { from: { hash: string } }).from.hash;
  rehash(held.rows, 0, first);
  held.before = [header.replace(/"events":\d+/, `"events":${held.rows.length}`), ...rest];
  putInto(to, 'export', held);
}

function withoutLastHead({ rows }: Held): void {
  const head = rows.findLastIndex((row) => bodyOf(row).type === 'head');
  rows.splice(head);
  const last = rows.at(-1);
  if (last) last.body = JSON.stringify(bodyOf(last)).replace('"finished"', '"stopped"');
}

test.each([undefined, 'run-000002'])('an export of %s is whole; one that was forged at its end is not', async (run) => {
  const { base, file, key } = await place();
  const [honest, copy] = [join(base, 'honest.jsonl'), join(base, 'forged.jsonl')];
  exportTo(honest, file, run);
  expect(await verified(base, honest, key)).toMatchObject({ code: 0 }); // the control
  forged(honest, copy, withoutLastHead);
  expect(await verified(base, copy, key)).toMatchObject({ code: 1 });
  forged(honest, copy, (held) => {
    withoutLastHead(held);
    held.after = [];
  });
  const cut = await verified(base, copy, key);
  expect(cut.code).toBe(5);
  expect(cut.stdout).toMatch(/^NOT SIGNED TO ITS END: the last \d+ events? (is|are) signed by nobody yet/);
  // Cut at an earlier signature, with and without the claim that an earlier version made it.
  for (const format of [2, 1]) {
    forged(honest, copy, (held) => {
      const heads = held.rows.filter((row) => bodyOf(row).type === 'head');
      const at = heads.at(-2);
      held.rows.splice((at ? held.rows.indexOf(at) : 0) + 1);
      held.after = [];
      held.before[0] = held.before[0]?.replace('"format":2', `"format":${format}`) ?? '';
    });
    expect(await verified(base, copy, key)).toMatchObject({ code: 5 });
  }
});

test('lines after the end, the end of another export, blank lines and line ends of another kind', async () => {
  const { base, file, key } = await place();
  const [honest, other, copy] = [join(base, 'a.jsonl'), join(base, 'b.jsonl'), join(base, 'c.jsonl')];
  exportTo(honest, file);
  exportTo(other, file, 'run-000001');
  const lines = readFileSync(honest, 'utf8').trimEnd().split('\n');
  const end = readFileSync(other, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  for (const text of [
    [...lines, lines.at(-2)].join('\n'),
    [...lines, lines.at(-1)].join('\n'),
    [...lines.slice(0, -1), end].join('\n'),
    [lines[0], lines.at(-1), ...lines.slice(1, -1)].join('\n'),
    lines.join('\r\n'),
    lines.join('\n\n'),
    `${lines.join('\n')}\n`.replace('"part":"all"', '"part":"all","part":"all"'),
  ]) {
    writeFileSync(copy, text);
    expect(await verified(base, copy, key), text.slice(-200)).toMatchObject({ code: 1 });
  }
});

test('a live log whose end nobody signed says so first, and settles', async () => {
  const { base, store } = await place();
  store.append({ type: 'notice', run: 'run-000002', data: {} });
  const open = await runCli(['verify'], { base });
  expect(open).toMatchObject({ code: 5 });
  expect(open.stdout).toMatch(/^NOT SIGNED TO ITS END: the last event is signed by nobody yet/);
  store.settle();
  expect(await runCli(['verify'], { base })).toMatchObject({ code: 0 });
});

test('what was written before exports had a signed end: the truth about it', async () => {
  const { base } = await place();
  const key = join(OLD, 'account.pem');
  const { code, stdout } = await verified(base, join(OLD, 'signed.jsonl'), key);
  expect(code).toBe(0);
  expect(stdout).toContain('made by an earlier version');
  // Out of the middle of a log: that no later version wrote there is not vouched for by anything in it.
  const part = await verified(base, join(OLD, 'run.jsonl'), key);
  expect(part).toMatchObject({ code: 5 });
  expect(part.stdout).toMatch(/^NOT SIGNED TO ITS END: the export stops at event/);
  const open = await verified(base, join(OLD, 'open.jsonl'), key);
  expect(open).toMatchObject({ code: 5 });
  expect(open.stdout).toMatch(/^NOT SIGNED TO ITS END: the last 3 events are signed by nobody yet/);
  copyFileSync(join(OLD, 'audit.db'), join(base, 'old.db'));
  const log = await verified(base, join(base, 'old.db'), key);
  expect(log).toMatchObject({ code: 0 });
  expect(log.stdout).toContain('2 conversations were stored by an earlier version');
});

test('a cut export of one run that pretends to be of an earlier version, its writers too, is not believed', async () => {
  const { base, file, key } = await place();
  const [honest, copy] = [join(base, 'honest.jsonl'), join(base, 'forged.jsonl')];
  exportTo(honest, file, 'run-000002');
  forged(honest, copy, (held) => {
    const at = held.rows.findLastIndex((row, index) => bodyOf(row).type === 'head' && index < held.rows.length - 1);
    held.rows.splice(at + 1);
    held.after = [];
    held.before = held.before.map((line) => line.replace('"format":2', '"format":1').replace('"exports":2,', ''));
  });
  expect(await verified(base, copy, key)).toMatchObject({ code: 5 });
});

test('a conversation of an earlier version that was erased, and is there again: neither whole nor resumed', async () => {
  const { base, file, store } = await place();
  const log = new LogFile(file);
  const chain = new ChainWriter(log, dirname(file), process.pid);
  // As earlier versions stored it: signed, and named by no event.
  log.use('write', (connection) => {
    chain.transaction(connection, () => {
      const { seq } = chain.append(connection, { type: 'notice', run: 'run-000001', data: {} });
      const name = chain.introduced(connection) || (logOf(connection)?.log ?? '');
      const signature = chain.sign(transcriptStatement(name, 'run-000001', seq, sha256('["old"]')));
      connection
        .prepare('INSERT INTO transcripts (run, body, seq, writer, signature) VALUES (?, ?, ?, ?, ?)')
        .run('run-000001', '["old"]', seq, chain.id, signature);
      chain.settle(connection);
    });
  });
  log.close();
  expect(store.loadTranscript('run-000001')).toEqual(['old']); // the control
  using before = new DatabaseSync(file);
  before.exec('CREATE TEMP TABLE old AS SELECT * FROM transcripts');
  store.erase({ scope: 'run', run: 'run-000001' });
  expect(store.loadTranscript('run-000001')).toBeUndefined();
  expect(await runCli(['verify'], { base })).toMatchObject({ code: 0 });
  before.exec('INSERT INTO transcripts SELECT * FROM temp.old');
  before.close();
  expect(() => store.loadTranscript('run-000001')).toThrow('it was erased, and is there again');
  expect(await runCli(['verify'], { base })).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('was erased, and is there again') as string,
  });
});

/** The store is closed while somebody changes the file. */
function changed(file: string, statement: string): void {
  using database = new DatabaseSync(file);
  database.exec(statement);
}

test.each([
  ['one byte changed', "UPDATE transcripts SET body = replace(body, 'keep', 'kill') WHERE run = 'run-000001'"],
  [
    'exchanged with another run’s',
    `UPDATE transcripts SET run = CASE run WHEN 'run-000001' THEN 'x' ELSE 'run-000001' END;
     UPDATE transcripts SET run = 'run-000002' WHERE run = 'x'`,
  ],
  ['taken away', "DELETE FROM transcripts WHERE run = 'run-000001'"],
  [
    'an earlier one in its place',
    'UPDATE transcripts SET (body, seq, writer, signature) = (SELECT body, seq, writer, signature FROM temp.old)',
  ],
])('a stored conversation, %s: verify names it, Resume refuses it', async (what, statement) => {
  const { base, file, store } = await place();
  store.saveTranscript('run-000001', ['keep out']);
  const attach = 'CREATE TEMP TABLE old AS SELECT * FROM transcripts;';
  using before = new DatabaseSync(file);
  before.exec(attach);
  if (what.startsWith('an earlier')) store.saveTranscript('run-000001', ['keep out', 'and stay out']);
  else store.saveTranscript('run-000002', ['other']);
  store.settle();
  expect(await runCli(['verify'], { base })).toMatchObject({ code: 0 }); // the control
  expect(store.loadTranscript('run-000001')).toBeDefined();
  if (what.startsWith('an earlier')) before.exec(statement);
  else changed(file, statement);
  before.close();
  const verdict = await runCli(['verify'], { base });
  expect(verdict).toMatchObject({ code: 1, stdout: expect.stringContaining('(conversation)') as string });
  expect(() => store.loadTranscript('run-000001')).toThrow(/conversation of run run-000001 is not the one/);
});

test('what the log keeps of itself is not erased: by name, by person, by days, by size', async () => {
  const { file, store } = await place();
  store.append({
    type: 'policy_changed',
    run: 'policy',
    data: { policy: 'ab'.repeat(32) },
    payload: { folder: '/w/kept' },
  });
  for (const run of ['policy', 'log', 'sandbox']) expect(() => store.erase({ scope: 'run', run })).toThrow('is no run');
  for (const run of ['Policy', ' policy', 'policy ']) expect(store.erase({ scope: 'run', run }).payloads).toBe(0);
  store.erase({ scope: 'person', user: 'dev' });
  store.erase({ scope: 'retention', upTo: 1e6 });
  store.retain({ bytes: 1 });
  expect(store.events('policy').at(-1)?.payload).toEqual({ folder: '/w/kept' });
  expect(store.events('run-000001')[0]?.payload).toBeUndefined(); // the control
  expect(dirname(file)).toContain('oversign');
});

test('a run that floods the log: records are cut, then digests alone, then it ends; others lose nothing for it', async () => {
  const base = await temporaryFolder();
  const store = new AuditStore(join(base, 'audit.db'), identityOf(process.pid), { payloads: 400_000, all: 600_000 });
  onTestFinished(() => {
    store.close();
  });
  for (const event of eventsOfRun(1, 20)) store.append(event);
  const flood = (): void => {
    store.append({
      type: 'proposed',
      run: 'flood',
      data: { tool: 'x'.repeat(5000) },
      payload: { arguments: 'a€'.repeat(500_000), title: 'ok' },
    });
  };
  flood();
  const [cut] = store.events('flood');
  expect(cut?.payload).toMatchObject({ title: 'ok', cut: { arguments: { bytes: 2_000_000 } } });
  expect(String(cut?.payload?.['arguments']).length).toBeLessThan(20_480);
  expect(String(cut?.data['tool'])).toMatch(/\[cut: 5000 bytes, SHA-256 [0-9a-f]{64}\]$/);
  expect(() => {
    for (let more = 0; more < 2000; more += 1) flood();
  }).toThrow('used up its room in the audit log');
  store.append({ type: 'run_finished', run: 'flood', data: { state: 'limit', turns: 1 }, payload: { reason: 'full' } });
  const all = store.events('flood');
  expect(all.filter(({ type }) => type === 'notice')).toHaveLength(1);
  expect(Object.keys(all.at(-2)?.payload ?? {})).toEqual(['cut']);
  expect(all.at(-1)?.payload).toEqual({ reason: 'full' });
  const before = store.events('run-000001').filter(({ payload }) => payload).length;
  expect(store.retain({ bytes: 300_000 }).payloads).toBeGreaterThan(0);
  expect(store.events('flood')[0]?.payload).toBeUndefined();
  expect(store.events('run-000001').filter(({ payload }) => payload)).toHaveLength(before);
});
