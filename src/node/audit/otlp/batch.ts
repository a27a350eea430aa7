import { PURPOSE_NAMES } from '../../../core/egress/ledger.ts';
import { existsSync } from 'node:fs';
import { GENESIS } from '../chain.ts';
import { logOf } from '../logText.ts';
import { openReadOnly, type Connection } from '../database.ts';
import type { Cursor } from './cursor.ts';

const MOST_EVENTS = 512;
/** Below the megabyte that proxies before a collector commonly take. */
const MOST_BYTES = 900_000;
/** What a record weighs beside its texts; no attribute is longer than what the event says. */
const RECORD_BYTES = 800;

/** What the sending itself is recorded as: this alone is no reason to send again, or it would never end. */
const EXPORT_PURPOSE = PURPOSE_NAMES.telemetry;

/** An event as its row has it. */
export interface Row {
  seq: number;
  body: string;
  hash: string;
  /** The hash of the event before; undefined where that one is missing. */
  prev: string | undefined;
  payload?: { text: string; salt: string };
}

export interface Batch {
  log: string;
  rows: Row[];
  /** How many events wait, these included. */
  pending: number;
}

/** How the log stands to a cursor: what is to be sent next, if anything. */
export interface Next {
  /** Up to where this log is acknowledged. */
  sentUpTo: number;
  batch?: Batch;
}

/**
 * Reads what comes after the cursor, and holds the database only so long: whoever writes must not wait for a collector.
 * The log is the queue, and the file is opened anew each time: it may have been set aside meanwhile.
 */
export function readNext(file: string, cursor: Cursor | undefined, withPayloads: boolean): Next {
  if (!existsSync(file)) return { sentUpTo: 0 };
  const connection = openReadOnly(file);
  try {
    const log = logOf(connection)?.log;
    if (log === undefined) return { sentUpTo: 0 };
    const after = cursor && cursor.log === log && hashAt(connection, cursor.seq) === cursor.hash ? cursor.seq : 0;
    if (!hasNews(connection, after)) return { sentUpTo: after };
    const last = Number(connection.prepare('SELECT max(seq) AS s FROM events').get()?.['s'] ?? 0);
    return { sentUpTo: after, batch: { log, rows: rowsAfter(connection, after, withPayloads), pending: last - after } };
  } finally {
    connection.close();
  }
}

/** Whether something happened that is neither a sending to a collector nor a signature. A damaged event is news too. */
function hasNews(connection: Connection, after: number): boolean {
  const found = connection
    .prepare(
      `SELECT 1 FROM events WHERE seq > ? AND CASE WHEN json_valid(body) THEN
         body ->> '$.type' IS NOT 'head' AND
         NOT (body ->> '$.type' IS 'egress' AND body ->> '$.data.purpose' IS '${EXPORT_PURPOSE}')
       ELSE 1 END LIMIT 1`,
    )
    .get(after);
  return found !== undefined;
}

function rowsAfter(connection: Connection, after: number, withPayloads: boolean): Row[] {
  const payloads = withPayloads
    ? { columns: 'y.salt AS salt, y.body AS payload', join: 'LEFT JOIN payloads y ON y.seq = e.seq' }
    : { columns: 'NULL AS salt, NULL AS payload', join: '' };
  const found = connection
    .prepare(
      `SELECT e.seq AS seq, e.body AS body, e.hash AS hash, p.hash AS prev, ${payloads.columns}
       FROM events e LEFT JOIN events p ON p.seq = e.seq - 1 ${payloads.join}
       WHERE e.seq > ? ORDER BY e.seq LIMIT ${MOST_EVENTS}`,
    )
    .iterate(after);
  const rows: Row[] = [];
  let bytes = 0;
  for (const { seq, body, hash, prev, salt, payload } of found) {
    const text = payload === null ? undefined : String(payload);
    bytes += RECORD_BYTES + Buffer.byteLength(String(body)) + Buffer.byteLength(text ?? '');
    if (rows.length > 0 && bytes > MOST_BYTES) break;
    rows.push({
      seq: Number(seq),
      body: String(body),
      hash: String(hash),
      prev: prev === null ? (seq === 1 ? GENESIS : undefined) : String(prev),
      ...(text !== undefined && { payload: { text, salt: String(salt) } }),
    });
  }
  return rows;
}

function hashAt(connection: Connection, seq: number): unknown {
  return connection.prepare('SELECT hash FROM events WHERE seq = ?').get(seq)?.['hash'];
}
