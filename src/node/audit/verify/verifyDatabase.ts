import type { Verdict } from '../../../core/audit/verdict.ts';
import { claimOfParts, partsOfNobody } from '../conversationParts.ts';
import { hasOwnRules, openReadOnly, type Connection } from '../database.ts';
import { OtherFormat } from '../problems.ts';
import { damageOf, sqliteProblem } from '../sqliteProblem.ts';
import type { Bad } from './bad.ts';
import type { Row } from './chainCheck.ts';
import type { StoredConversation } from './conversationCheck.ts';
import { brokenBy, unreadable, verifySource, type Against, type Progress } from './verifyLog.ts';

/** Checks a database. It is only read; whoever writes to it meanwhile is not held up. */
export function verifyDatabase(file: string, against: Against, progress: Progress): Verdict {
  let connection: Connection | undefined;
  let last = 0;
  const seen = { payloads: 0 };
  try {
    connection = openReadOnly(file);
    const open = connection;
    // One look for all of it: what others write meanwhile is not in it.
    open.database.exec('BEGIN');
    const strange = strangeness(open);
    const verdict = verifySource(
      {
        count: Number(open.prepare('SELECT count(*) AS n FROM events').get()?.['n'] ?? 0),
        *rows(): Iterable<Row> {
          seen.payloads = 0;
          for (const row of rowsOf(open)) {
            last = row.seq;
            if (row.payload !== null) seen.payloads += 1;
            yield row;
          }
        },
        conversations: () => conversationsOf(open),
      },
      against,
      progress,
    );
    const isSound = verdict.state !== 'broken';
    const problem = strange ?? (isSound ? (foreignPayloads(open, seen.payloads) ?? foreignParts(open)) : undefined);
    return problem === undefined ? verdict : brokenBy(problem, verdict);
  } catch (error) {
    const damage = damageOf(error);
    if (damage !== undefined) return unreadable(last, `the database is damaged from here on (${damage})`, against);
    throw error instanceof OtherFormat ? error : sqliteProblem(error, file);
  } finally {
    connection?.close();
  }
}

/** SQLite's own check of its pages, and of its indexes against the tables; it takes as long as the chain. */
export function checkIntegrity(file: string): Bad | undefined {
  let connection: Connection | undefined;
  try {
    connection = openReadOnly(file);
    const row = connection.database.prepare('PRAGMA integrity_check(1)').get();
    const words = String(row?.['integrity_check']);
    return words === 'ok' ? undefined : { seq: 0, property: 'readable', words: `the database is damaged (${words})` };
  } catch (error) {
    const damage = damageOf(error);
    if (damage === undefined) throw error;
    return { seq: 0, property: 'readable', words: `the database is damaged (${damage})` };
  } finally {
    connection?.close();
  }
}

/** Payloads in the table that were met beside no event. */
function foreignPayloads(connection: Connection, met: number): Bad | undefined {
  const all = Number(connection.prepare('SELECT count(*) AS n FROM payloads').get()?.['n'] ?? 0);
  return all === met ? undefined : { seq: 0, property: 'payload', words: 'it holds payloads that belong to no event' };
}

/** Parts of conversations that no row of a run could name: an erasure has them gone. */
function foreignParts(connection: Connection): Bad | undefined {
  const [run] = partsOfNobody(connection);
  return run === undefined
    ? undefined
    : { seq: 0, property: 'conversation', words: `it holds parts of a conversation of run ${run} that nothing names` };
}

/** What makes the database show, or take, something else than the events in it. */
function strangeness(connection: Connection): Bad | undefined {
  if (!hasOwnRules(connection.database))
    return { seq: 0, property: 'readable', words: 'the database’s own rules (its schema) were changed' };
  const is = (sql: string): boolean => connection.prepare(sql).get()?.['yes'] === 1;
  if (is('SELECT min(seq) < 1 AS yes FROM events') || is(`SELECT max(seq) > ${LAST} AS yes FROM events`))
    return { seq: 0, property: 'order', words: 'it holds events with numbers that no log gives' };
  return undefined;
}

/** Numbers above are not exact any more. */
const LAST = Number.MAX_SAFE_INTEGER;

function* conversationsOf(connection: Connection): Iterable<StoredConversation> {
  for (const row of connection
    .prepare("SELECT run, body, seq, writer, signature FROM transcripts WHERE instr(run, '/') = 0")
    .iterate())
    yield {
      run: String(row['run']),
      body: String(row['body']),
      seq: Number(row['seq']),
      writer: String(row['writer']),
      signature: String(row['signature']),
      parts: claimOfParts(connection, String(row['run'])),
    };
}

const BATCH = 1000;

/** Events and payloads in order, a batch of each at a time: much quicker than row by row, and than a join. */
function* rowsOf(connection: Connection): Iterable<Row> {
  const events = connection.database.prepare(
    `SELECT seq, body, hash FROM events WHERE seq > ? AND seq <= ${LAST} ORDER BY seq LIMIT ?`,
  );
  const payloads = connection.database.prepare(
    'SELECT seq, salt, body FROM payloads WHERE seq BETWEEN ? AND ? ORDER BY seq',
  );
  events.setReturnArrays(true);
  payloads.setReturnArrays(true);
  for (let last = 0; ;) {
    const batch = events.all(last, BATCH) as unknown as [number, string, string][];
    const first = batch[0]?.[0];
    if (first === undefined) return;
    last = batch.at(-1)?.[0] ?? first;
    const own = payloads.all(first, last) as unknown as [number, string, string][];
    let at = 0;
    for (const [seq, body, hash] of batch) {
      const payload = own[at]?.[0] === seq ? own[at] : undefined;
      if (payload) at += 1;
      yield { seq, body, hash, salt: payload?.[1] ?? null, payload: payload?.[2] ?? null };
    }
  }
}
