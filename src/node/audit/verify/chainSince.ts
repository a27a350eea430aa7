import type { Connection } from '../database.ts';
import { logOf } from '../logText.ts';
import type { Bad } from './bad.ts';
import { ChainCheck, WHOLE, type Anchor } from './chainCheck.ts';

/**
 * Checks the chain from an event to its end, by way of the last signature before it; payloads are left out. For those
 * who rely on a part of the log now: what stands wrong before it is for `verify` to say.
 */
export function badSince(connection: Connection, seq: number): Bad | undefined {
  const log = logOf(connection);
  if (!log) return { seq: 1, property: 'readable', words: 'the first event does not say whose log this is' };
  const from = anchorBefore(connection, seq);
  const check = new ChainCheck({ isAccount: () => true, from, isPart: true, everyHead: false });
  const bad =
    from === WHOLE ? undefined : (check.begin(log.log, log.account) ?? introduced(connection, check, from.seq));
  if (bad) return bad;
  const rows = connection.prepare('SELECT seq, body, hash FROM events WHERE seq > ? ORDER BY seq').iterate(from.seq);
  for (const { seq: at, body, hash } of rows) {
    const row = { seq: Number(at), body: String(body), hash: String(hash) };
    const wrong = check.add({ ...row, salt: null, payload: null });
    if (wrong) return wrong;
  }
  return check.end();
}

/** The place before the last signature that stands before an event; an export of a part begins alike. */
function anchorBefore(connection: Connection, seq: number): Anchor {
  const row = connection
    .prepare(
      `SELECT seq, hash FROM events
       WHERE seq = (SELECT max(seq) - 1 FROM events WHERE type = 'head' AND seq < ?)`,
    )
    .get(seq);
  return row ? { seq: Number(row['seq']), hash: String(row['hash']) } : WHOLE;
}

/** The processes that began to write before. */
function introduced(connection: Connection, check: ChainCheck, upTo: number): Bad | undefined {
  const rows = connection
    .prepare(
      `SELECT e.body AS body, p.hash AS prev FROM events e JOIN events p ON p.seq = e.seq - 1
       WHERE e.type = 'writer' AND e.seq <= ? ORDER BY e.seq`,
    )
    .iterate(upTo);
  for (const { body, prev } of rows) {
    const bad = check.introduce(String(body), String(prev));
    if (bad) return bad;
  }
  return undefined;
}
