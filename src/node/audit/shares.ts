import { isOfRun } from '../../shared/noRun.ts';
import { levelOf } from './cut.ts';
import { RUN_OF_ROW } from './conversationParts.ts';
import type { Connection } from './database.ts';
import { conversationRoom, eventRoom, payloadRoom } from './roomOnDisk.ts';
import { activeRuns } from './runRecords.ts';

/** A run may hold so much of the size that is kept; what is more goes before anything of another run. */
const SHARE = 1 / 8;
/** The event whose payload says whose a run is. */
export const SAYS_WHOSE = 'run_started';

/** What a run takes of the file, in bytes. Its events stay; its payloads and its conversation can go. */
interface Holding {
  run: string;
  events: number;
  payloads: number;
  conversation: number;
  isActive: boolean;
}

/**
 * What has to go so that `bytes` are kept of `over` more. First runs that hold more than their share lose what they
 * recorded first, down to one level for all of them, until the rest fits or they are at their share. Only then the
 * oldest runs go, whole, and no more than all would have to if nobody held more than a share: what a run holds above
 * its share and cannot lose (its events; all of it while it is active), or the file does not give back yet, stays above
 * the size. It is not taken from others.
 */
export function sizePlan(
  connection: Connection,
  bytes: number,
  over: number,
): { upTo: number; trims: { run: string; upTo: number }[] } {
  const share = Math.floor(bytes * SHARE);
  const all = holdings(connection);
  const large = all.filter((one) => isOfRun(one.run) && sizeOf(one) > share);
  const above = large.map((one) => sizeOf(one) - share);
  const excess = above.reduce((sum, one) => sum + one, 0);
  // All that is too much comes from them, as far as they have so much: from the largest most.
  const wanted = Math.min(over, excess);
  const level = share + Math.max(0, levelOf(above, excess - wanted));
  const trims = large.flatMap((one) => {
    if (one.isActive || sizeOf(one) <= level) return [];
    const upTo = trimmedUpTo(connection, one, sizeOf(one) - level);
    return upTo === undefined ? [] : [{ run: one.run, upTo }];
  });
  const fair = all.reduce((sum, one) => sum + sizeOf(one), 0) - excess;
  const fromOthers = large.length === 0 ? over : Math.min(over - wanted, fair - bytes);
  return { upTo: agedUpTo(connection, fromOthers, new Map(trims.map(({ run, upTo }) => [run, upTo]))), trims };
}

function sizeOf({ events, payloads, conversation }: Holding): number {
  return events + payloads + conversation;
}

/** A signature is counted with what it was made for: the event before it. */
function holdings(connection: Connection): Holding[] {
  const active = activeRuns(connection);
  const stored = new Map(
    connection
      .prepare(`SELECT ${RUN_OF_ROW} AS run, sum(${conversationRoom('t')}) AS size FROM transcripts t GROUP BY 1`)
      .all()
      .map((row) => [String(row['run']), Number(row['size'])]),
  );
  return connection
    .prepare(
      `SELECT e.run AS run, sum(${eventRoom('e')} + iif(h.seq IS NULL, 0, ${eventRoom('h')})) AS events,
         sum(iif(p.seq IS NULL, 0, ${payloadRoom('p')})) AS payloads
       FROM events e LEFT JOIN payloads p ON p.seq = e.seq
         LEFT JOIN events h ON h.seq = e.seq + 1 AND h.type = 'head'
       WHERE e.type <> 'head' GROUP BY e.run`,
    )
    .all()
    .map((row) => ({
      run: String(row['run']),
      events: Number(row['events']),
      payloads: Number(row['payloads']),
      conversation: stored.get(String(row['run'])) ?? 0,
      isActive: active.has(String(row['run'])),
    }));
}

/**
 * Up to which event a run's payloads go so that so many bytes do; its conversation goes with the first of them. What says
 * whose run it is stays as long as anything does: else the rest would not be found when that person's texts are to go.
 */
function trimmedUpTo(connection: Connection, { run, conversation }: Holding, bytes: number): number | undefined {
  let left = bytes - conversation;
  let last: number | undefined;
  const all = [...payloadsOf(connection, run)];
  const others = all.filter(({ type }) => type !== SAYS_WHOSE);
  for (const { seq, size } of others.length > 0 ? others : all) {
    if (left <= 0) break;
    left -= size;
    last = seq;
  }
  return last ?? (conversation > 0 ? 0 : undefined);
}

/** Whole runs, those first that ended first, until so much is gone: one that went on since takes no others with it. */
function agedUpTo(connection: Connection, bytes: number, trimmed: ReadonlyMap<string, number>): number {
  if (bytes <= 0) return 0;
  const active = activeRuns(connection);
  const sizes = new Map<string, number>();
  for (const { seq, run, size } of payloadsOf(connection))
    if (isOfRun(run) && !active.has(run) && seq > (trimmed.get(run) ?? 0)) sizes.set(run, (sizes.get(run) ?? 0) + size);
  const end = connection.prepare("SELECT max(seq) AS s FROM events WHERE run = ? AND type <> 'conversation'");
  const ended = [...sizes].map(([run, size]) => ({ size, seq: Number(end.get(run)?.['s'] ?? 0) }));
  let left = bytes;
  let upTo = 0;
  for (const { size, seq } of ended.sort((a, b) => a.seq - b.seq)) {
    if (left <= 0) break;
    left -= size;
    upTo = seq;
  }
  return upTo;
}

function* payloadsOf(
  connection: Connection,
  run?: string,
): Iterable<{ seq: number; run: string; type: string; size: number }> {
  const sql = `SELECT e.seq AS seq, e.run AS run, e.type AS type, ${payloadRoom('p')} AS size
    FROM payloads p JOIN events e ON e.seq = p.seq ${run === undefined ? '' : 'WHERE e.run = ?'} ORDER BY e.seq`;
  const rows = connection.database.prepare(sql);
  for (const row of run === undefined ? rows.iterate() : rows.iterate(run))
    yield {
      seq: Number(row['seq']),
      run: String(row['run']),
      type: String(row['type']),
      size: Number(row['size']),
    };
}
