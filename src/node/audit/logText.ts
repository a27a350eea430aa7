import { EventBodySchema, type EventBody } from '../../shared/auditEvent.ts';
import { GENESIS } from './chain.ts';
import type { Connection } from './database.ts';

/** The end of the chain, and who signed it last. */
export interface Tip {
  seq: number;
  hash: string;
  signed: number;
}

export function tipOf(connection: Connection): Tip {
  const last = connection.prepare('SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1').get();
  if (!last) return { seq: 0, hash: GENESIS, signed: 0 };
  // Two partial indexes: the type has to stand in the query itself for one to be used.
  const newest = (sql: string): number => Number(connection.prepare(sql).get()?.['s'] ?? 0);
  const head = newest("SELECT max(seq) AS s FROM events WHERE type = 'head'");
  const writer = newest("SELECT max(seq) AS s FROM events WHERE type = 'writer'");
  return { seq: Number(last['seq']), hash: String(last['hash']), signed: Math.max(head, writer) };
}

/** What the log's first event says. */
export function logOf(connection: Connection): { log: string; account: string } | undefined {
  const row = connection.prepare('SELECT body FROM events WHERE seq = 1').get();
  const event = row ? parseBody(String(row['body'])) : undefined;
  const { log, account } = event?.type === 'log_started' ? event.data : {};
  return typeof log === 'string' && typeof account === 'string' ? { log, account } : undefined;
}

/** An event's text as an event; undefined where it is none. */
export function parseBody(text: string): EventBody | undefined {
  try {
    const parsed = EventBodySchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
