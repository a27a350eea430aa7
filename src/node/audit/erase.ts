import type { Erasing, Erased } from '../../core/audit/port.ts';
import type { ChainWriter } from './chainWriter.ts';
import { LOG_EVENTS } from './logText.ts';
import type { Connection } from './database.ts';

/** Payloads that are to go, in ranges of sequence numbers. */
export interface Doomed {
  /** Runs that are erased whole. */
  runs: string[];
  ranges: [number, number][];
  payloads: number;
}

/**
 * Erases payloads with their salts, and the stored conversations of the runs concerned; the events stay, and so does
 * the chain. That they were erased is an event itself, in the same transaction. Returns how many conversations went.
 */
export function erase(connection: Connection, writer: ChainWriter, what: Erasing, doomed: Doomed): number {
  const remove = connection.prepare('DELETE FROM payloads WHERE seq BETWEEN ? AND ?');
  for (const [from, to] of doomed.ranges) remove.run(from, to);
  let conversations = 0;
  for (const run of doomed.runs)
    conversations += Number(connection.prepare('DELETE FROM transcripts WHERE run = ?').run(run).changes);
  if (doomed.payloads > 0)
    writer.append(connection, {
      type: 'erasure',
      run: LOG_EVENTS,
      data: { scope: what.scope, payloads: doomed.payloads, ranges: doomed.ranges },
    });
  return conversations;
}

/** Takes what was erased out of the write-ahead log too, and gives free pages back. Says what is still there, if any. */
export function sweep(connection: Connection): Erased['left'] {
  connection.database.exec('PRAGMA incremental_vacuum');
  const row = connection.database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
  return Number(row?.['busy'] ?? 0) === 0
    ? undefined
    : 'another window is reading the log, so that copies of what was erased stay in audit.db-wal until it is closed; erase again then, or close all windows';
}

/** The payloads of a scope. Those of runs that are active stay: they are being written. */
export function doomedPayloads(connection: Connection, what: Erasing): Doomed {
  const active = activeRuns(connection);
  const runs = runsOf(connection, what).filter((run) => !active.has(run));
  const payloads = connection.prepare(
    'SELECT e.seq AS seq FROM events e JOIN payloads p ON p.seq = e.seq WHERE e.run = ? ORDER BY e.seq',
  );
  const conversation = connection.prepare('SELECT 1 FROM transcripts WHERE run = ?');
  const seqs: number[] = [];
  const doomed: string[] = [];
  for (const run of runs) {
    const own = payloads.all(run).map((row) => Number(row['seq']));
    if (own.length > 0 || conversation.get(run)) doomed.push(run);
    seqs.push(...own);
  }
  if (what.scope === 'retention') seqs.push(...ofNoRun(connection, what.upTo));
  return { runs: doomed, ranges: asRanges([...new Set(seqs)].sort((a, b) => a - b)), payloads: seqs.length };
}

/** What stands under the log's own names goes event by event: such a name never ends. */
function ofNoRun(connection: Connection, upTo: number): number[] {
  return connection
    .prepare(
      `SELECT p.seq AS seq FROM payloads p JOIN events e ON e.seq = p.seq
       WHERE p.seq <= ? AND NOT EXISTS (SELECT 1 FROM events s WHERE s.run = e.run AND s.type = 'run_started')`,
    )
    .all(upTo)
    .map((row) => Number(row['seq']));
}

/** Sorted numbers as ranges, ends included. */
export function asRanges(numbers: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}

function runsOf(connection: Connection, what: Erasing): string[] {
  const rows = (sql: string, value: string | number): string[] =>
    connection
      .prepare(sql)
      .all(value)
      .map((row) => String(row['run']));
  switch (what.scope) {
    case 'run':
      return [what.run];
    case 'person':
      return rows(
        `SELECT DISTINCT e.run AS run FROM events e JOIN payloads p ON p.seq = e.seq
         WHERE e.type IN ('run_started', 'run_continued') AND p.body ->> '$.user' = ?`,
        what.user,
      );
    case 'retention':
      // Whole runs only: who may read half of one knows less than half.
      return rows(
        `SELECT DISTINCT e.run AS run FROM payloads p JOIN events e ON e.seq = p.seq
         WHERE p.seq <= ?1 AND (SELECT max(l.seq) FROM events l WHERE l.run = e.run) <= ?1
           AND EXISTS (SELECT 1 FROM events s WHERE s.run = e.run AND s.type = 'run_started')
         UNION
         SELECT t.run FROM transcripts t WHERE (SELECT max(l.seq) FROM events l WHERE l.run = t.run) <= ?1`,
        what.upTo,
      );
  }
}

function activeRuns(connection: Connection): Set<string> {
  const rows = connection.prepare('SELECT DISTINCT run FROM active_runs').all();
  return new Set(rows.map((row) => String(row['run'])));
}
