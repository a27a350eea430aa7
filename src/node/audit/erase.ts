import { LogRefusal, type Erasing, type Erased } from '../../core/audit/port.ts';
import type { ChainWriter } from './chainWriter.ts';
import { isOfRun, LOG_EVENTS } from '../../shared/noRun.ts';
import { dropParts } from './conversationParts.ts';
import type { Connection } from './database.ts';
import { activeRuns } from './runRecords.ts';
import { SAYS_WHOSE } from './shares.ts';

/** What stands under the log's own names is nobody's text: what policies and the log itself were is kept for good. */
export function refuseWhatIsKept(what: Erasing): void {
  if (what.scope === 'run' && !isOfRun(what.run))
    throw new LogRefusal(
      `"${what.run}" is no run: under this name the log keeps its own events, which say what was in force, and they cannot be erased.`,
    );
}

/** Payloads that are to go, in ranges of sequence numbers. */
export interface Doomed {
  /** Runs whose stored conversations go too. */
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
  const forget = connection.prepare('DELETE FROM transcripts WHERE run = ?');
  const conversations = doomed.runs.filter((run) => {
    dropParts(connection, run);
    return Number(forget.run(run).changes) > 0;
  });
  if (doomed.payloads + conversations.length > 0)
    writer.append(connection, {
      type: 'erasure',
      run: LOG_EVENTS,
      data: {
        scope: what.scope,
        payloads: doomed.payloads,
        ranges: doomed.ranges,
        ...(conversations.length > 0 && { conversations }),
      },
    });
  return conversations.length;
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
  const mayGo = (run: string): boolean => isOfRun(run) && !active.has(run);
  const runs = runsOf(connection, what).filter(mayGo);
  const payloads = connection.prepare(
    'SELECT e.seq AS seq, e.type AS type FROM events e JOIN payloads p ON p.seq = e.seq WHERE e.run = ? ORDER BY e.seq',
  );
  const conversation = connection.prepare('SELECT 1 FROM transcripts WHERE run = ?');
  const seqs: number[] = [];
  const doomed: string[] = [];
  for (const run of runs) {
    const own = payloads.all(run).map((row) => Number(row['seq']));
    if (own.length > 0 || conversation.get(run)) doomed.push(run);
    seqs.push(...own);
  }
  if (what.scope === 'retention')
    for (const { run, upTo } of (what.trims ?? []).filter((trim) => mayGo(trim.run))) {
      const own = payloads.all(run).map((row) => ({ seq: Number(row['seq']), type: row['type'] }));
      const isRest = own.some(({ seq }) => seq > upTo);
      seqs.push(
        ...own.filter(({ seq, type }) => seq <= upTo && !(isRest && type === SAYS_WHOSE)).map(({ seq }) => seq),
      );
      if (!doomed.includes(run)) doomed.push(run);
    }
  const all = [...new Set(seqs)].sort((a, b) => a - b);
  return { runs: doomed, ranges: asRanges(all), payloads: all.length };
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
      // Whole runs only: who may read half of one knows less than half. That a conversation was stored is no part of it.
      return rows(
        `SELECT DISTINCT e.run AS run FROM payloads p JOIN events e ON e.seq = p.seq
         WHERE p.seq <= ?1
           AND (SELECT max(l.seq) FROM events l WHERE l.run = e.run AND l.type <> 'conversation') <= ?1
         UNION
         SELECT t.run FROM transcripts t
         WHERE (SELECT max(l.seq) FROM events l WHERE l.run = t.run AND l.type <> 'conversation') <= ?1`,
        what.upTo,
      );
  }
}
