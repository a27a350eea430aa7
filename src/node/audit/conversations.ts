import { ConversationChanged } from '../../core/audit/port.ts';
import type { EventBody } from '../../shared/auditEvent.ts';
import { canonicalJson, isJsonObject, type Json } from '../../shared/json.ts';
import { sha256 } from '../files/hash.ts';
import { transcriptStatement, writerStatement } from './chain.ts';
import type { ChainWriter } from './chainWriter.ts';
import { claimOf, dropParts, readParts } from './conversationParts.ts';
import type { Connection } from './database.ts';
import { checker, fingerprint } from './keys.ts';
import { logOf, parseBody } from './logText.ts';
import { seqsOfRun } from './seqsOfRun.ts';
import { badSince } from './verify/chainSince.ts';

/**
 * Stores a run's conversation for *Resume*. An event names its digest, in the same transaction, and the process signs
 * that it is this run's: so it can be neither changed, nor exchanged for an earlier or another one, nor taken away.
 */
export function saveConversation(connection: Connection, writer: ChainWriter, run: string, transcript: Json): void {
  const body = canonicalJson(transcript);
  if (isStored(connection, run, body)) return;
  dropParts(connection, run);
  nameConversation(connection, writer, { run, body, partBytes: 0 });
}

/** Whether a row is the last that the log names already. */
export function isStored(connection: Connection, run: string, body: string): boolean {
  return namedBy(connection, run)?.digest === sha256(body) && storedFor(connection, run)?.body === body;
}

/** Puts a run's row there, and names it in the log; returns the event's number. `partBytes`: those of its parts. */
export function nameConversation(
  connection: Connection,
  writer: ChainWriter,
  { run, body, partBytes }: { run: string; body: string; partBytes: number },
): number {
  const log = writer.introduced(connection);
  const digest = sha256(body);
  const data = { digest, bytes: Buffer.byteLength(body) + partBytes };
  const { seq } = writer.append(connection, { type: 'conversation', run, data });
  connection
    .prepare('INSERT OR REPLACE INTO transcripts (run, body, seq, writer, signature) VALUES (?, ?, ?, ?, ?)')
    .run(run, body, seq, writer.id, writer.sign(transcriptStatement(log, run, seq, digest)));
  return seq;
}

/**
 * The conversation that a run can go on with; undefined where there is none. Throws `ConversationChanged` where what is
 * stored is not what the log names, or not what a process of this log has signed for this run. `account`: the key of
 * this account; another one's log, however whole, was not written here.
 */
export function loadConversation(connection: Connection, run: string, account: string | undefined): Json | undefined {
  const events = eventsOfTable(connection, run);
  const named = lastNamed(events);
  const stored = storedFor(connection, run);
  const isErased = isErasedSince(connection, run, named?.seq ?? stored?.seq ?? 0);
  const refuse = (what: string): never => {
    throw new ConversationChanged(
      `The stored conversation of run ${run} is not the one that was recorded: ${what}. Nothing goes on from it; start a new run, and see with "oversign verify" what else was changed`,
    );
  };
  if (!stored) return named === undefined || isErased ? undefined : refuse('it is gone, although nobody erased it');
  if (isErased) return refuse('it was erased, and is there again');
  const digest = sha256(stored.body);
  const log = logOf(connection);
  if (account === undefined || log?.account !== account)
    return refuse('the log that it is in is signed by another account key than the one that is here');
  const key = certifiedKey(connection, log, stored.writer);
  const statement = transcriptStatement(log.log, run, stored.seq, digest);
  if (key === undefined || !checker(key)(statement, stored.signature))
    return refuse('its signature does not fit, so that its text, its place or its run was changed');
  if (named && (named.digest !== digest || named.seq !== stored.seq))
    return refuse(`the log names another one in event ${named.seq}`);
  if (isOutdated(events, stored.seq)) return refuse('it is an earlier one, and the run went on after it');
  // Or events that say so may have been taken away.
  const bad = badSince(connection, events[0]?.seq ?? stored.seq);
  if (bad) return refuse(`event ${bad.seq} of the log, on which it rests, is broken (${bad.words})`);
  const whole = JSON.parse(stored.body) as Json;
  const claim = claimOf(whole);
  const found = readParts(connection, run);
  if (found.claim.parts !== (claim?.parts ?? 0) || found.claim.chain !== (claim?.chain ?? ''))
    return refuse('parts of it are missing, or others');
  return claim && isJsonObject(whole) ? { ...whole, messages: found.messages() } : whole;
}

/** The event that named the conversation of a run that is stored; undefined where none is. */
export function lastConversation(connection: Connection, run: string): number | undefined {
  return storedFor(connection, run)?.seq;
}

/** The events of a run as the table has them: what an index says may have been changed, and nothing signs it. */
function eventsOfTable(connection: Connection, run: string): EventBody[] {
  const at = connection.prepare('SELECT body FROM events NOT INDEXED WHERE seq = ?');
  return seqsOfRun(connection, run).flatMap((seq) => parseBody(String(at.get(seq)?.['body'])) ?? []);
}

interface Stored {
  body: string;
  seq: number;
  writer: string;
  signature: string;
}

function storedFor(connection: Connection, run: string): Stored | undefined {
  const row = connection.prepare('SELECT body, seq, writer, signature FROM transcripts WHERE run = ?').get(run);
  if (!row) return undefined;
  const [body, writer, signature] = [String(row['body']), String(row['writer']), String(row['signature'])];
  return { body, seq: Number(row['seq']), writer, signature };
}

/** The last event that names a conversation of this run. Runs of earlier versions have none. */
function namedBy(connection: Connection, run: string): { seq: number; digest: string } | undefined {
  const row = connection
    .prepare("SELECT body FROM events WHERE run = ? AND type = 'conversation' ORDER BY seq DESC LIMIT 1")
    .get(run);
  return lastNamed(row ? [parseBody(String(row['body']))] : []);
}

function lastNamed(events: readonly (EventBody | undefined)[]): { seq: number; digest: string } | undefined {
  const event = events.findLast((one) => one?.type === 'conversation');
  const digest = event?.data['digest'];
  return event && { seq: event.seq, digest: typeof digest === 'string' ? digest : '' };
}

function isErasedSince(connection: Connection, run: string, seq: number): boolean {
  const rows = connection
    .prepare(`SELECT body FROM events NOT INDEXED WHERE seq > ? AND instr(body, '"type":"erasure"') > 0`)
    .all(seq);
  return rows.some(({ body }) => {
    const event = parseBody(String(body));
    const runs = event?.type === 'erasure' ? event.data['conversations'] : undefined;
    return Array.isArray(runs) && runs.includes(run);
  });
}

/** It is stored after every reply and every action: only the last of them can be missing in it, after a crash. */
function isOutdated(events: readonly EventBody[], seq: number): boolean {
  return events.filter((event) => STORED_AFTER.has(event.type) && event.seq > seq).length > 1;
}

const STORED_AFTER: ReadonlySet<string> = new Set(['finished', 'model_replied']);

/** The public key of a writer, if the account certified it for the place where it stands in the chain. */
function certifiedKey(
  connection: Connection,
  { log, account }: { log: string; account: string },
  writer: string,
): string | undefined {
  const isCertified = checker(account);
  for (const row of connection
    .prepare(
      `SELECT e.seq AS seq, e.body AS body, p.hash AS prev FROM events e JOIN events p ON p.seq = e.seq - 1
       WHERE e.type = 'writer' AND e.body ->> '$.writer' = ? ORDER BY e.seq`,
    )
    .iterate(writer)) {
    const data: Record<string, unknown> = parseBody(String(row['body']))?.data ?? {};
    const [key, certificate] = [String(data['key']), String(data['certificate'])];
    const statement = writerStatement(log, Number(row['seq']) - 1, String(row['prev']), key);
    if (fingerprint(key) === writer && isCertified(statement, certificate)) return key;
  }
  return undefined;
}
