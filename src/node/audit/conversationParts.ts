import { canonicalJson, isJsonObject, type Json } from '../../shared/json.ts';
import { sha256 } from '../files/hash.ts';
import type { Connection } from './database.ts';

// A conversation that grows is stored in parts, each once: the row of the run says how many messages there are in which
// parts, and the hash that chains them. Whatever names and signs that row names and signs all of it. Parts stand in the
// same table, under the run's name and their number, so that a log of before needs no other schema.

/** What a run's row has in place of its messages. */
export interface PartsClaim {
  parts: number;
  chain: string;
}

export const NO_PARTS: PartsClaim = { parts: 0, chain: '' };

/** What a row says of its messages; undefined where it has them itself, as rows of earlier versions do. */
export function claimOf(stored: Json): PartsClaim | undefined {
  const messages = isJsonObject(stored) && Object.hasOwn(stored, 'messages') ? stored['messages'] : undefined;
  if (!isJsonObject(messages)) return undefined;
  const { parts, chain } = messages;
  return typeof parts === 'number' && typeof chain === 'string' ? { parts, chain } : undefined;
}

export function chained({ parts, chain }: PartsClaim, body: string): PartsClaim {
  return { parts: parts + 1, chain: sha256(`${chain}\n${body}`) };
}

/** SQL for the run that a row is of. */
export const RUN_OF_ROW = "substr(run, 1, instr(run || '/', '/') - 1)";

export function addPart(connection: Connection, run: string, part: { number: number; body: string }): void {
  connection
    .prepare("INSERT INTO transcripts (run, body, seq, writer, signature) VALUES (?, ?, 0, '', '')")
    .run(`${run}/${part.number}`, part.body);
}

function countParts(connection: Connection, run: string): number {
  return Number(connection.prepare(`SELECT count(*) AS n FROM transcripts WHERE ${PARTS}`).get(...range(run))?.['n']);
}

export function dropParts(connection: Connection, run: string): void {
  connection.prepare(`DELETE FROM transcripts WHERE ${PARTS}`).run(...range(run));
}

/** The messages in the parts of a run, and what a row would have to say of them. */
export function readParts(connection: Connection, run: string): { claim: PartsClaim; messages(): Json[] } {
  const bodies: string[] = [];
  const claim = claimOfParts(connection, run, (body) => bodies.push(body));
  return { claim, messages: () => bodies.flatMap(messagesIn) };
}

/** What a row would have to say of the parts that are there; one too many is none that it could name. */
export function claimOfParts(connection: Connection, run: string, seen?: (body: string) => void): PartsClaim {
  const one = connection.prepare('SELECT body FROM transcripts WHERE run = ?');
  let claim = NO_PARTS;
  for (let row = one.get(`${run}/0`); row; row = one.get(`${run}/${claim.parts}`)) {
    const body = String(row['body']);
    seen?.(body);
    claim = chained(claim, body);
  }
  return countParts(connection, run) === claim.parts ? claim : { ...claim, parts: -1 };
}

/** Runs of which there are parts, and no row that could name them. */
export function partsOfNobody(connection: Connection): string[] {
  return connection
    .prepare(
      `SELECT DISTINCT ${RUN_OF_ROW} AS run FROM transcripts
       WHERE instr(run, '/') > 0 AND ${RUN_OF_ROW} NOT IN (SELECT run FROM transcripts WHERE instr(run, '/') = 0)`,
    )
    .all()
    .map((row) => String(row['run']));
}

export function partBody(messages: readonly Json[]): string {
  return canonicalJson([...messages]);
}

function messagesIn(body: string): Json[] {
  const value = JSON.parse(body) as Json;
  return Array.isArray(value) ? value : [];
}

const PARTS = 'run > ? AND run < ?';

/** `run/` and what begins with it: `0` follows `/`. */
function range(run: string): [string, string] {
  return [`${run}/`, `${run}0`];
}
