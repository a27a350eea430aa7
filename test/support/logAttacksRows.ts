import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { eventHash, GENESIS, headStatement, writerStatement } from '../../src/node/audit/chain.ts';
import { canonicalJson, type Json } from '../../src/shared/json.ts';

/** An event as an attacker holds it. */
export interface Row {
  seq: number;
  body: string;
  hash: string;
  salt: string | null;
  payload: string | null;
}

/** An event's text taken apart, to be changed. */
export interface Body {
  [key: string]: Json;
  seq: number;
  type: string;
  writer: string;
  run: string;
  time: string;
  data: Record<string, Json>;
}

/** Who signs for the attacker. */
export interface Signer {
  id: string;
  sign(text: string): string;
}

/** A log in a database or an export, to be taken out, changed and put back. */
export interface Held {
  /** Lines before the events; none in a database. */
  before: string[];
  rows: Row[];
  /** The signed end of an export. */
  after: string[];
}

export function bodyOf(row: Row): Body {
  return JSON.parse(row.body) as Body;
}

/** The triggers keep honest programs honest; an attacker drops them first and puts them back in the end. */
export function asAttacker(file: string, work: (database: DatabaseSync) => void): void {
  using database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  database.enableDefensive(false); // whoever has the file has the schema, too
  const triggers = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${String(name)}`);
  work(database);
  for (const { sql } of triggers) database.exec(String(sql));
}

export function takeFrom(file: string, kind: 'database' | 'export'): Held {
  if (kind === 'database') {
    using database = new DatabaseSync(file, { readOnly: true });
    const rows = database
      .prepare(
        `SELECT e.seq AS seq, e.body AS body, e.hash AS hash, p.salt AS salt, p.body AS payload
         FROM events e LEFT JOIN payloads p ON p.seq = e.seq ORDER BY e.seq`,
      )
      .all() as unknown as Row[];
    return { before: [], rows, after: [] };
  }
  const held: Held = { before: [], rows: [], after: [] };
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    const value = JSON.parse(line) as { event?: Body; hash: string; salt?: string; payload?: Json };
    const { event, hash, salt = null, payload } = value;
    if (line.startsWith('{"end":')) held.after.push(line);
    else if (!event) held.before.push(line);
    else {
      const text = payload === undefined ? null : canonicalJson(payload);
      held.rows.push({ seq: event.seq, body: canonicalJson(event), hash, salt, payload: text });
    }
  }
  return held;
}

export function putInto(file: string, kind: 'database' | 'export', { before, rows, after }: Held): void {
  if (kind === 'export') {
    const lines = rows.map(({ body, hash, salt, payload }) => {
      const rest = payload === null ? '' : `,"payload":${payload},"salt":${JSON.stringify(salt)}`;
      return `{"event":${body},"hash":${JSON.stringify(hash)}${rest}}`;
    });
    writeFileSync(file, `${[...before, ...lines, ...after].join('\n')}\n`);
    return;
  }
  asAttacker(file, (database) => {
    database.exec('BEGIN; DELETE FROM payloads; DELETE FROM events');
    const [event, payload] = [
      database.prepare('INSERT INTO events (seq, body, hash) VALUES (?, ?, ?)'),
      database.prepare('INSERT INTO payloads (seq, salt, body) VALUES (?, ?, ?)'),
    ];
    for (const row of rows) {
      event.run(row.seq, row.body, row.hash);
      if (row.payload !== null) payload.run(row.seq, row.salt ?? '', row.payload);
    }
    database.exec('COMMIT');
  });
}

/** Numbers the events from `at` on anew, without gaps; the texts say so too. */
export function renumber(rows: Row[], at: number): void {
  let seq = at === 0 ? (rows[0]?.seq ?? 1) : (rows[at - 1]?.seq ?? 0) + 1;
  for (const row of rows.slice(at)) {
    row.body = canonicalJson({ ...bodyOf(row), seq });
    row.seq = seq;
    seq += 1;
  }
}

/** Makes all hashes again from `at` on. `first` is the hash before the first row. */
export function rehash(rows: Row[], at: number, first = GENESIS): void {
  let hash = at === 0 ? first : (rows[at - 1]?.hash ?? first);
  for (const row of rows.slice(at)) {
    hash = eventHash(hash, row.body);
    row.hash = hash;
  }
}

/**
 * Makes hashes and signatures again from `at` on, everything in the name of one signer: introductions of others become
 * signatures. What an attacker with one stolen key can do.
 */
export function resign(rows: Row[], at: number, signer: Signer, log: string): void {
  renumber(rows, at);
  let hash = at === 0 ? GENESIS : (rows[at - 1]?.hash ?? GENESIS);
  for (const row of rows.slice(at)) {
    const body = bodyOf(row);
    body.writer = signer.id;
    if (body.type === 'head' || body.type === 'writer') {
      body.type = 'head';
      body.data = { signature: signer.sign(headStatement(log, row.seq - 1, hash, body.time)) };
    }
    row.body = canonicalJson(body);
    hash = eventHash(hash, row.body);
    row.hash = hash;
  }
}

/** The event that introduces a signer whom the account's key certifies. */
export function introduction(
  before: Row | undefined,
  signer: Signer & { publicKey: string },
  account: Signer,
  log: string,
  time: string,
): Row {
  const [seq, hash] = [before?.seq ?? 0, before?.hash ?? GENESIS];
  const data = {
    key: signer.publicKey,
    certificate: account.sign(writerStatement(log, seq, hash, signer.publicKey)),
    pid: 4242,
  };
  const body = canonicalJson({ v: 1, seq: seq + 1, time, writer: signer.id, type: 'writer', run: 'log', data });
  return { seq: seq + 1, body, hash: eventHash(hash, body), salt: null, payload: null };
}
