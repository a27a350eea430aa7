import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/node/audit/database.ts';
import { AuditStore } from '../../src/node/audit/store.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import { canonicalJson, type Json } from '../../src/shared/json.ts';
import { runCli, type CliEnd } from '../support/cli.ts';
import { exportTo } from '../support/logAttacksTable.ts';
import { eventsOfRun } from '../support/manyEvents.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const [ONE, OTHER] = ['run-000001', 'run-000002'];

/** Two runs that were at work at the same time, in two windows. */
async function place(): Promise<{ base: string; file: string; key: string; store: AuditStore }> {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', 'data/oversign/.keep': '' });
  const file = join(base, 'data/oversign/audit.db');
  const store = new AuditStore(file, identityOf(process.pid));
  onTestFinished(() => {
    store.close();
  });
  const [one, other] = [eventsOfRun(1, 40), eventsOfRun(2, 40)];
  for (const [at, event] of one.entries()) for (const own of [event, other[at]]) if (own) store.append(own);
  store.settle();
  const key = join(base, 'key.pem');
  writeFileSync(key, (await runCli(['key'], { base })).stdout);
  return { base, file, key, store };
}

function verified(base: string, ...args: string[]): Promise<CliEnd> {
  return runCli(['verify', ...args], { base });
}

test.each([1, 2])('a first line alone that names the right account is no whole export (format %s)', async (format) => {
  const { base, file, key } = await place();
  const [honest, copy] = [join(base, 'honest.jsonl'), join(base, 'copy.jsonl')];
  exportTo(honest, file, ONE);
  expect(await verified(base, honest, '--key', key)).toMatchObject({ code: 0 }); // the control
  const head = JSON.parse(readFileSync(honest, 'utf8').split('\n')[0] ?? '') as Record<string, unknown>;
  for (const part of ['all', `run ${ONE}`]) {
    const from = { seq: part === 'all' ? 0 : 500, hash: 'ab'.repeat(32) };
    writeFileSync(copy, `${JSON.stringify({ ...head, format, part, events: 0, from })}\n`);
    const { code, stdout } = await verified(base, copy, '--key', key);
    expect([1, 5]).toContain(code);
    expect(stdout).toMatch(/^NOT (WHOLE|SIGNED TO ITS END)/);
  }
});

test('a log that was emptied, schema and all in place, is not whole; one that has not begun is', async () => {
  const { base, file, key, store } = await place();
  store.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  openDatabase(file).connection.close();
  for (const more of [[], ['--key', key]]) {
    const { code, stdout } = await verified(base, ...more);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^NOT WHOLE: event 1: it is missing, and all that followed: a log was begun here/);
  }
  const copy = await verified(base, file, '--key', key);
  expect(copy.code).toBe(5);
  expect(copy.stdout).toMatch(/^NOT SIGNED TO ITS END: it holds no events/);
  rmSync(join(base, 'data/oversign/audit.begun')); // as before the first event
  expect(await verified(base)).toMatchObject({ code: 0 });
});

interface ExportLine {
  event: Json & { type: string; run: string };
  hash: string;
  payload?: Json;
}

test('a payload taken out of an export of a run, and one of another run put in: as many as before, and not whole', async () => {
  const { base, file, key } = await place();
  const [one, other, copy] = ['one', 'other', 'copy'].map((name) => join(base, `${name}.jsonl`)) as [
    string,
    string,
    string,
  ];
  exportTo(one, file, ONE);
  exportTo(other, file, OTHER);
  expect(await verified(base, one, '--key', key)).toMatchObject({ code: 0 }); // the control
  const lines = (path: string): string[] => readFileSync(path, 'utf8').split('\n');
  const ofOther = lines(other).find((line) => line.includes('"payload":') && line.includes('"type":"proposed"')) ?? '';
  const { hash } = JSON.parse(ofOther) as ExportLine;
  let isOut = false;
  const forged = lines(one).map((line) => {
    if (line.includes(`"hash":"${hash}"`)) return ofOther;
    if (isOut || !line.includes('"type":"proposed"') || !line.includes('"payload":')) return line;
    isOut = true;
    const own = JSON.parse(line) as ExportLine;
    return `{"event":${canonicalJson(own.event)},"hash":${JSON.stringify(own.hash)}}`;
  });
  expect(forged.join('\n')).not.toBe(readFileSync(one, 'utf8'));
  writeFileSync(copy, forged.join('\n'));
  const { code, stdout } = await verified(base, copy, '--key', key);
  expect(code).toBe(1);
  expect(stdout).toContain('the payloads in it are not those of the same events');
});
