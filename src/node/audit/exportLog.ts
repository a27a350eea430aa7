import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { EXPORT_FORMAT, exportStatement, GENESIS } from './chain.ts';
import { accountKey, hasAccountKey } from './keys.ts';
import { logOf } from './logText.ts';
import { seqsOfRun } from './seqsOfRun.ts';
import type { Connection } from './database.ts';
import { endLine, endText, eventLine, headerLine, type ExportHeader } from './verify/exportFormat.ts';
import { Failure, NoSuchRun } from '../../core/outcome.ts';

/**
 * A log, or one run of it, as JSON Lines that can be checked without the database: the events with their hashes, and
 * payloads with their salts. For one run the events around it come along without payloads, from a signature before it
 * to a signature after it, with the certificates of the processes that wrote them. The last line says what is in it,
 * and the account signs that: an export without it was cut off.
 */
export function* exportLines(connection: Connection, run?: string): Generator<string> {
  // One look for all of it: an erasure meanwhile would take payloads away without its event.
  connection.database.exec('BEGIN');
  const log = logOf(connection);
  if (!log) throw new Failure('The log has no events yet.');
  const [from, to] = run === undefined ? [0, lastOf(connection)] : stretchOf(connection, run);
  const header: ExportHeader = {
    oversign: 'audit export',
    format: EXPORT_FORMAT,
    log: log.log,
    account: log.account,
    part: run === undefined ? 'all' : `run ${run}`,
    events: to - from,
    from: { seq: from, hash: hashAt(connection, from) },
  };
  yield headerLine(header);
  if (run !== undefined) yield* introductions(connection, from, to);
  const rows = connection
    .prepare(
      `SELECT e.seq AS seq, e.body AS body, e.hash AS hash, e.run AS run, e.type AS type, p.salt AS salt, p.body AS payload,
         e.body ->> '$.commitment' AS "commitment"
       FROM events e LEFT JOIN payloads p ON p.seq = e.seq WHERE e.seq > ? AND e.seq <= ? ORDER BY e.seq`,
    )
    .iterate(from, to);
  const counts = { payloads: 0, missing: 0, runs: 0 };
  const shown = createHash('sha256');
  for (const { seq, body, hash, run: own, type, salt, payload, commitment } of rows) {
    const isShown = payload !== null && (run === undefined || own === run);
    yield eventLine({
      body: String(body),
      hash: String(hash),
      salt: isShown ? String(salt) : null,
      payload: isShown ? String(payload) : null,
    });
    if (type === 'run_started') counts.runs += 1;
    if (isShown) {
      counts.payloads += 1;
      shown.update(`${Number(seq)}\n`);
    } else if (commitment !== null) counts.missing += 1;
  }
  const end = endText(header, { last: to, hash: hashAt(connection, to), ...counts, shown: shown.digest('hex') });
  const signature = signatureOf(connection, log.account, exportStatement(end));
  if (signature !== undefined) yield endLine(end, signature);
}

/** By the account whose log it is; nobody else can sign for it. */
function signatureOf(connection: Connection, account: string, statement: string): string | undefined {
  const file = connection.database.location();
  if (file === null || !hasAccountKey(dirname(file))) return undefined;
  const key = accountKey(dirname(file));
  return key.publicKey === account ? key.sign(statement) : undefined;
}

/** From a signature before the run to one after it; to the end of the log where none follows yet. */
function stretchOf(connection: Connection, run: string): [from: number, to: number] {
  const seqs = seqsOfRun(connection, run);
  const [first, last] = [seqs[0], seqs.at(-1)];
  if (first === undefined || last === undefined) throw new NoSuchRun(run);
  const head = (sql: string, seq: number): number | undefined => {
    const found = connection.prepare(sql).get(seq)?.['seq'];
    return typeof found === 'number' ? found : undefined;
  };
  const before = head("SELECT max(seq) AS seq FROM events WHERE type = 'head' AND seq < ?", first);
  const after = head("SELECT min(seq) AS seq FROM events WHERE type = 'head' AND seq > ?", last);
  return [before === undefined ? 0 : before - 1, after ?? lastOf(connection)];
}

function* introductions(connection: Connection, from: number, to: number): Generator<string> {
  if (from === 0) return;
  const writers = new Set(
    connection
      .prepare("SELECT DISTINCT body ->> '$.writer' AS writer FROM events WHERE seq > ? AND seq <= ?")
      .all(from, to)
      .map((row) => row['writer']),
  );
  const rows = connection
    .prepare(
      `SELECT e.body AS body, p.hash AS prev, e.body ->> '$.writer' AS writer FROM events e
       JOIN events p ON p.seq = e.seq - 1 WHERE e.type = 'writer' AND e.seq <= ? ORDER BY e.seq`,
    )
    .iterate(from);
  for (const { body, prev, writer } of rows)
    if (writers.has(writer)) yield `{"writer":${String(body)},"prev":${JSON.stringify(prev)}}\n`;
}

function lastOf(connection: Connection): number {
  return Number(connection.prepare('SELECT max(seq) AS s FROM events').get()?.['s'] ?? 0);
}

function hashAt(connection: Connection, seq: number): string {
  return seq === 0 ? GENESIS : String(connection.prepare('SELECT hash FROM events WHERE seq = ?').get(seq)?.['hash']);
}
