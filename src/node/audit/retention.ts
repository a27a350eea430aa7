import type { Connection } from './database.ts';
import { sizePlan } from './shares.ts';

/** How long payloads are kept, and how large the log may grow. */
export interface Retention {
  days?: number;
  bytes?: number;
}

const DAY_MS = 86_400_000;

/** Whole runs up to an event, and beginnings of runs that hold more than their share. */
export interface RetentionPlan {
  upTo: number;
  trims: { run: string; upTo: number }[];
}

/**
 * What has to go: what is older than the days, and as much as is too much. Undefined where nothing has to. The events
 * themselves stay: a size that they alone exceed cannot be kept.
 */
export function retentionPlan(connection: Connection, keep: Retention, now: Date): RetentionPlan | undefined {
  const byDays = byAge(connection, keep.days, now) ?? 0;
  const over = keep.bytes === undefined ? 0 : sizeOf(connection) - keep.bytes;
  const bySize = keep.bytes === undefined || over <= 0 ? undefined : sizePlan(connection, keep.bytes, over);
  const plan = { upTo: Math.max(byDays, bySize?.upTo ?? 0), trims: bySize?.trims ?? [] };
  const oldest = connection.prepare('SELECT min(seq) AS s FROM payloads').get()?.['s'];
  const isNew = plan.upTo > 0 && typeof oldest === 'number' && oldest <= plan.upTo;
  return isNew || plan.trims.length > 0 ? plan : undefined;
}

/** From the oldest payload on, as long as they are too old: a single wrong clock takes nothing else with it. */
function byAge(connection: Connection, days: number | undefined, now: Date): number | undefined {
  if (days === undefined) return undefined;
  const limit = new Date(now.getTime() - days * DAY_MS).toISOString();
  for (const row of connection
    .prepare(
      "SELECT p.seq AS seq, e.body ->> '$.time' AS time FROM payloads p JOIN events e ON e.seq = p.seq ORDER BY p.seq",
    )
    .iterate())
    if (String(row['time']) >= limit) return Number(row['seq']) - 1;
  return lastSeq(connection);
}

/** The last event before a time. Times grow with the sequence, clock changes aside: a search by halves. */
export function seqAt(connection: Connection, time: string): number {
  const timeOf = (seq: number): string =>
    String(connection.prepare("SELECT body ->> '$.time' AS t FROM events WHERE seq = ?").get(seq)?.['t'] ?? '');
  let [low, high] = [0, Number(connection.prepare('SELECT max(seq) AS s FROM events').get()?.['s'] ?? 0)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (timeOf(middle) < time) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What is in use, in the file and in what is still to be written into it. */
function sizeOf(connection: Connection): number {
  const of = (name: string): number => Number(connection.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
  return (of('page_count') - of('freelist_count')) * of('page_size');
}

function lastSeq(connection: Connection): number {
  return Number(connection.prepare('SELECT max(seq) AS s FROM events').get()?.['s'] ?? 0);
}
