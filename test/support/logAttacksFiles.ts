import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { writerStatement } from '../../src/node/audit/chain.ts';
import { fingerprint, processKey } from '../../src/node/audit/keys.ts';
import { canonicalJson } from '../../src/shared/json.ts';
import { asAttacker, bodyOf, rehash, resign, takeFrom } from './logAttacksRows.ts';
import {
  DATABASE,
  FILE,
  forged,
  goOn,
  last,
  otherLog,
  ROWS,
  WHOLE,
  type Done,
  type Trial,
  type Variant,
} from './logAttacksTrial.ts';

function sql(name: string, work: (database: DatabaseSync, trial: Trial) => number): Variant {
  return {
    name,
    keys: 'none',
    on: DATABASE,
    apply(trial) {
      const first: number[] = [];
      asAttacker(trial.file, (database) => {
        first.push(work(database, trial));
      });
      return { ...FILE, first: Math.max(...first) };
    },
  };
}

/** Views that lie: the events are all there, and whoever looks at a run sees only some. */
const lies = sql('the columns that are searched by say something else than the text', (database, { held }) => {
  database.exec('PRAGMA writable_schema = ON');
  const half = Math.floor(last(held.rows) / 2);
  database
    .prepare("UPDATE sqlite_schema SET sql = replace(sql, '(body ->> ''$.run'')', ?) WHERE name = 'events'")
    .run(`(CASE WHEN seq < ${half} THEN 'z' ELSE body ->> '$.run' END)`);
  database.exec('PRAGMA writable_schema = RESET');
  return 1;
});

/** A rule left behind in the database: what honest processes record from now on is gone at once. */
function swallowing(name: string, rule: string): Variant {
  return {
    name,
    keys: 'none',
    on: DATABASE,
    apply({ file, folder, held }) {
      asAttacker(file, (database) => {
        database.exec(`CREATE TRIGGER swallow ${rule}`);
      });
      const went = goOn(folder, 40);
      // Nothing may be lost without somebody being told: it is all there, in a new log, or recording was refused.
      const all = takeFrom(file, 'database').rows.filter((row) => bodyOf(row).run === 'run-000077');
      const noticed = !went || (all.length === 40 && existsSync(join(folder, 'damaged')));
      return { ...FILE, first: last(held.rows) + 1, ...(noticed && { noticed: true }) };
    },
  };
}

function forgedPart({ held, random, log }: Trial): Done | false {
  const header = JSON.parse(held.before[0] ?? '{}') as { from?: { seq: number }; log?: string };
  const writer = held.rows.at(-1);
  if (!header.from || header.log !== log || !writer || held.before.length < 2) return false;
  const from = { seq: header.from.seq + 1, hash: 'ab'.repeat(32) };
  held.before[0] = JSON.stringify({ ...header, from, events: 5 });
  const { writer: known } = JSON.parse(held.before[1] ?? '{}') as { writer: { writer: string } };
  const like = { ...writer, seq: from.seq, body: canonicalJson({ ...bodyOf(writer), writer: known.writer }) };
  held.rows.length = 0;
  for (let more = 0; more < 5; more += 1) held.rows.push(forged(held.rows.at(-1) ?? like, random));
  rehash(held.rows, 0, from.hash);
  return ROWS;
}

export const databaseAttacks = {
  modify: [
    lies,
    {
      name: 'a second key before the first in a line',
      keys: 'none',
      on: ['whole export', 'run export'],
      apply({ held, random }) {
        const row = held.rows[random.int(1, held.rows.length - 1)];
        if (row) row.body = row.body.replace(/"type":"/, '"type":"forged","type":"');
        return row ? { ...ROWS, first: row.seq } : false;
      },
    },
  ] satisfies Variant[],
  delete: [
    swallowing(
      'events to come, by a rule',
      `BEFORE INSERT ON events WHEN NEW.body LIKE '%"type":"started"%' BEGIN SELECT RAISE(IGNORE); END`,
    ),
    swallowing(
      'events to come, by a rule afterwards',
      `AFTER INSERT ON events WHEN NEW.body LIKE '%"type":"started"%' BEGIN DELETE FROM events WHERE seq = NEW.seq; END`,
    ),
    sql('from an index alone', (database) => {
      database.exec(`PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, '(run, type)', '(run, type) WHERE seq % 2 = 0') WHERE name = 'events_by_run';
        PRAGMA writable_schema = RESET; REINDEX events_by_run;
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, ' WHERE seq % 2 = 0', '') WHERE name = 'events_by_run';
        PRAGMA writable_schema = RESET`);
      return 1;
    }),
  ] satisfies Variant[],
  insert: [
    sql('an event before the first', (database, { held, random }) => {
      const like = random.pick(held.rows);
      const body = canonicalJson({ ...bodyOf(forged(like, random)), seq: 1 });
      database.prepare('INSERT INTO events (seq, body, hash) VALUES (?, ?, ?)').run(-random.int(0, 9), body, like.hash);
      return 1;
    }),
    sql('an event far behind the last', (database, { held }) => {
      const body = held.rows.at(-1)?.body ?? '';
      database.prepare("INSERT INTO events (seq, body, hash) VALUES (9007199254740999, ?, 'x')").run(body);
      return last(held.rows) + 1;
    }),
    sql('payloads for events to come', (database, { held }) => {
      const insert = database.prepare("INSERT INTO payloads (seq, salt, body) VALUES (?, 'a', '{}')");
      for (let more = 1; more <= 12; more += 1) insert.run(last(held.rows) + more);
      return last(held.rows) + 1;
    }),
    {
      name: 'events of another log of the account, all hashes made again',
      keys: 'none',
      on: WHOLE,
      apply({ held: { rows }, world, random, folder }) {
        const other = otherLog(world.data, folder);
        const at = random.int(2, rows.length - 1);
        rows.splice(at, 0, ...other.slice(1, random.int(3, 20)));
        for (const [index, row] of rows.entries()) row.body = canonicalJson({ ...bodyOf(row), seq: index + 1 });
        for (const [index, row] of rows.entries()) row.seq = index + 1;
        rehash(rows, at);
        return ROWS;
      },
    },
    {
      name: 'a process that the account never certified',
      keys: 'none',
      on: WHOLE,
      apply({ held: { rows }, log, random }) {
        const key = processKey();
        const signer = { id: fingerprint(key.publicKey), sign: (text: string) => key.sign(text) };
        const at = random.int(2, rows.length - 1);
        const before = rows[at - 1];
        if (!before) return false;
        const certificate = key.sign(writerStatement(log, before.seq, before.hash, key.publicKey));
        const data = { key: key.publicKey, certificate, pid: 1 };
        const common = { v: 1, seq: before.seq + 1, time: bodyOf(before).time, writer: signer.id };
        const body = canonicalJson({ ...common, type: 'writer', run: 'log', data });
        rows.splice(at, 0, { seq: before.seq + 1, body, hash: '', salt: null, payload: null });
        rehash(rows.slice(0, at + 1), at);
        resign(rows, at + 1, signer, log);
        rehash(rows, at);
        return ROWS;
      },
    },
    { name: 'a short export that nobody signed', keys: 'none', on: ['run export'], apply: forgedPart },
  ] satisfies Variant[],
};
