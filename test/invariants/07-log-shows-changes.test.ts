import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { AuditClient } from '../../src/node/audit/auditClient.ts';
import { temporaryFolder } from '../support/tree.ts';

const EVENTS = 40;

/** A log of some events, and what somebody with SQL and time did to it. */
async function tampered(
  attack: (database: DatabaseSync, seq: number) => void,
  seq: number,
): Promise<Awaited<ReturnType<AuditClient['verify']>>> {
  const data = await temporaryFolder();
  {
    await using audit = await AuditClient.open(data);
    for (let index = 0; index < EVENTS; index += 1)
      await audit.append({
        type: 'notice',
        run: `r${index % 3}`,
        data: { index },
        payload: { text: `event ${index}` },
      });
    expect(await audit.verify()).toEqual({ ok: true, events: EVENTS, erased: 0 });
  }
  using database = new DatabaseSync(join(data, 'audit.db'), { enableForeignKeyConstraints: false });
  // The triggers keep honest programs honest; an attacker drops them first.
  database.exec('DROP TRIGGER events_keep; DROP TRIGGER events_same;');
  attack(database, seq);
  await using audit = await AuditClient.open(data);
  return await audit.verify();
}

const ATTACKS: [name: string, attack: (database: DatabaseSync, seq: number) => void][] = [
  [
    'a changed field',
    (database, seq) =>
      database.prepare('UPDATE events SET body = replace(body, \'"index":\', \'"index":1\') WHERE seq = ?').run(seq),
  ],
  [
    'a changed run column with its body',
    (database, seq) =>
      database.prepare('UPDATE events SET body = replace(body, \'"run":"r\', \'"run":"x\') WHERE seq = ?').run(seq),
  ],
  [
    'a record that is no JSON',
    (database, seq) => database.prepare("UPDATE events SET body = 'x' WHERE seq = ?").run(seq),
  ],
  [
    'a changed payload',
    (database, seq) => database.prepare('UPDATE payloads SET body = \'{"text":"other"}\' WHERE seq = ?').run(seq),
  ],
  ['a removed event', (database, seq) => database.prepare('DELETE FROM events WHERE seq = ?').run(seq)],
  [
    'a removed event, the rest moved up',
    (database, seq) => {
      database.prepare('DELETE FROM events WHERE seq = ?').run(seq);
      database.prepare('UPDATE events SET seq = -seq WHERE seq > ?').run(seq);
      database.exec('UPDATE events SET seq = -seq - 1 WHERE seq < 0');
    },
  ],
  [
    'two events swapped',
    (database, seq) => {
      database.prepare('UPDATE events SET seq = 1000000 WHERE seq = ?').run(seq);
      database.prepare('UPDATE events SET seq = ? WHERE seq = ?').run(seq, seq + 1);
      database.prepare('UPDATE events SET seq = ? WHERE seq = 1000000').run(seq + 1);
    },
  ],
  [
    'an event inserted as a copy of another',
    (database, seq) => {
      database.prepare('UPDATE events SET seq = -seq WHERE seq > ?').run(seq);
      database.exec('UPDATE events SET seq = -seq + 1 WHERE seq < 0');
      database
        .prepare("INSERT INTO events SELECT seq + 1, run, action, type, body, hash || 'x' FROM events WHERE seq = ?")
        .run(seq);
    },
  ],
];

test.each(ATTACKS)('%s is found, at ten places', async (_name, attack) => {
  for (let place = 0; place < 10; place += 1) {
    const seq = 2 + place * 3;
    const result = await tampered(attack, seq);
    expect(result.ok).toBe(false);
    expect(result.firstBad).toBeGreaterThanOrEqual(seq);
    expect(result.firstBad).toBeLessThanOrEqual(seq + 1);
  }
});

test('an honest program cannot change or remove events', async () => {
  const data = await temporaryFolder();
  await using audit = await AuditClient.open(data);
  await audit.append({ type: 'notice', run: 'r', data: {} });
  using database = new DatabaseSync(join(data, 'audit.db'));
  expect(() => database.exec('DELETE FROM payloads; DELETE FROM events')).toThrow('only appended');
  expect(() => database.exec("UPDATE events SET run = 'x'")).toThrow('only appended');
});

test('an erased payload leaves the chain whole: the commitment stands for it', async () => {
  const result = await tampered((database, seq) => database.prepare('DELETE FROM payloads WHERE seq = ?').run(seq), 7);
  expect(result).toEqual({ ok: true, events: EVENTS, erased: 1 });
});

test('a cut-off end is not found in this version, as the documentation says', async () => {
  const result = await tampered((database) => {
    database.exec('DELETE FROM payloads WHERE seq > 30; DELETE FROM events WHERE seq > 30');
  }, 1);
  expect(result).toEqual({ ok: true, events: 30, erased: 0 });
});

test('several writers at once write one chain', async () => {
  const data = await temporaryFolder();
  await using one = await AuditClient.open(data);
  await using two = await AuditClient.open(data);
  await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      (index % 2 === 0 ? one : two).append({ type: 'notice', run: 'r', data: { index } }),
    ),
  );
  expect(await two.verify()).toEqual({ ok: true, events: 60, erased: 0 });
});
