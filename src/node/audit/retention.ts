import type { Connection } from './database.ts';

/** How long payloads are kept, and how large the log may grow. */
export interface Retention {
  days?: number;
  bytes?: number;
}

const DAY_MS = 86_400_000;

/**
 * Up to which event payloads have to go: those older than the days, and the oldest until the rest fits. Undefined where
 * none has to. The events themselves stay: a size that they alone exceed cannot be kept.
 */
export function retainedFrom(connection: Connection, keep: Retention, now: Date): number | undefined {
  const ends = [byAge(connection, keep.days, now), bySize(connection, keep.bytes)];
  const upTo = Math.max(0, ...ends.map((end) => end ?? 0));
  const oldest = connection.prepare('SELECT min(seq) AS s FROM payloads').get()?.['s'];
  return upTo > 0 && typeof oldest === 'number' && oldest <= upTo ? upTo : undefined;
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

/** From the oldest payload on, until the rest fits; then to the end of the run that it belongs to. */
function bySize(connection: Connection, bytes: number | undefined): number | undefined {
  if (bytes === undefined) return undefined;
  let over = sizeOf(connection) - bytes;
  if (over <= 0) return undefined;
  let last: number | undefined;
  for (const row of connection
    .prepare('SELECT seq, octet_length(body) + octet_length(salt) AS size FROM payloads ORDER BY seq')
    .iterate()) {
    if (over <= 0) break;
    over -= Number(row['size']);
    last = Number(row['seq']);
  }
  if (last === undefined) return undefined;
  const end = connection.prepare('SELECT max(seq) AS s FROM events WHERE run = (SELECT run FROM events WHERE seq = ?)');
  return Number(end.get(last)?.['s'] ?? last);
}

/** What is in use, in the file and in what is still to be written into it. */
function sizeOf(connection: Connection): number {
  const of = (name: string): number => Number(connection.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
  return (of('page_count') - of('freelist_count')) * of('page_size');
}

function lastSeq(connection: Connection): number {
  return Number(connection.prepare('SELECT max(seq) AS s FROM events').get()?.['s'] ?? 0);
}
