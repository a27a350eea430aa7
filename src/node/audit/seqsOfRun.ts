import type { Connection } from './database.ts';
import { IndexDamaged } from './problems.ts';

/** Of so many runs what was found is remembered. */
const MOST_KNOWN = 50;

/** What was found of each run, and up to where the table was looked through for it. */
const known = new WeakMap<Connection, Map<string, { upTo: number; seqs: number[] }>>();

/**
 * The numbers of a run's events, from the table itself. An index that leads past some of them would leave them out of a
 * report, an export, and what Resume rests on, and nothing there would show it. The table is looked through once for
 * each run; later only what was added.
 */
export function seqsOfRun(connection: Connection, run: string): number[] {
  const runs = known.get(connection) ?? new Map<string, { upTo: number; seqs: number[] }>();
  known.set(connection, runs);
  const before = runs.get(run) ?? { upTo: 0, seqs: [] };
  const last = Number(connection.prepare('SELECT max(seq) AS s FROM events').get()?.['s'] ?? 0);
  const rows = connection
    .prepare('SELECT seq, body FROM events NOT INDEXED WHERE seq > ? AND seq <= ? AND instr(body, ?) > 0 ORDER BY seq')
    .iterate(before.upTo, last, `"run":${JSON.stringify(run)}`);
  const added: number[] = [];
  for (const { seq, body } of rows) if (runIn(String(body)) === run) added.push(Number(seq));
  const seqs = [...before.seqs, ...added];
  runs.delete(run);
  runs.set(run, { upTo: last, seqs });
  const [oldest] = runs.keys();
  if (runs.size > MOST_KNOWN && oldest !== undefined) runs.delete(oldest);
  return seqs;
}

/** Throws `IndexDamaged` where the index of runs leads past one of these. */
export function checkIndexOf(connection: Connection, run: string, seqs: readonly number[]): void {
  const rows = connection.prepare('SELECT seq FROM events INDEXED BY events_by_run WHERE run = ?').all(run);
  const indexed = new Set(rows.map((row) => row['seq']));
  if (seqs.some((seq) => !indexed.has(seq))) throw new IndexDamaged();
}

/** Of a damaged event nothing is known: `verify` names it. */
function runIn(body: string): unknown {
  try {
    return (JSON.parse(body) as { run?: unknown } | null)?.run;
  } catch {
    return undefined;
  }
}
