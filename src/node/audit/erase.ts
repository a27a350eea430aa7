import type { Erasing, Erased } from '../../core/audit/port.ts';
import { LOG_EVENTS, type ChainWriter } from './chainWriter.ts';
import type { Connection } from './database.ts';

/** Payloads that are to go, in ranges of sequence numbers. */
export interface Doomed {
  ranges: [number, number][];
  payloads: number;
}

/**
 * Erases payloads with their salts, and the stored conversations of the runs concerned; the events stay, and so does
 * the chain. That they were erased is an event itself, in the same transaction.
 */
export function erase(connection: Connection, writer: ChainWriter, what: Erasing, doomed: Doomed): void {
  const remove = connection.prepare('DELETE FROM payloads WHERE seq BETWEEN ? AND ?');
  for (const [from, to] of doomed.ranges) remove.run(from, to);
  const active = activeRuns(connection);
  for (const run of runsOf(connection, what))
    if (!active.has(run)) connection.prepare('DELETE FROM transcripts WHERE run = ?').run(run);
  writer.append(connection, {
    type: 'erasure',
    run: LOG_EVENTS,
    data: { scope: what.scope, payloads: doomed.payloads, ranges: doomed.ranges },
  });
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
  const runs = what.scope === 'retention' ? undefined : runsOf(connection, what).filter((run) => !active.has(run));
  const rows =
    what.scope === 'retention'
      ? connection
          .prepare(
            `SELECT p.seq AS seq, e.run AS run FROM payloads p JOIN events e ON e.seq = p.seq WHERE p.seq <= ? ORDER BY p.seq`,
          )
          .iterate(what.upTo)
      : (runs ?? []).flatMap((run) =>
          connection
            .prepare('SELECT e.seq AS seq, e.run AS run FROM events e JOIN payloads p ON p.seq = e.seq WHERE e.run = ?')
            .all(run),
        );
  const seqs: number[] = [];
  for (const row of rows) if (!active.has(String(row['run']))) seqs.push(Number(row['seq']));
  return { ranges: asRanges(seqs.sort((a, b) => a - b)), payloads: seqs.length };
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
      return rows(
        'SELECT t.run AS run FROM transcripts t WHERE (SELECT max(e.seq) FROM events e WHERE e.run = t.run) <= ?',
        what.upTo,
      );
  }
}

function activeRuns(connection: Connection): Set<string> {
  const rows = connection.prepare('SELECT DISTINCT run FROM active_runs').all();
  return new Set(rows.map((row) => String(row['run'])));
}
