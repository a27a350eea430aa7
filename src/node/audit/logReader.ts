import type { AuditRecord, RunSummary } from '../../shared/auditEvent.ts';
import { cutVisibly } from '../../shared/cut.ts';
import { isJsonObject } from '../../shared/json.ts';
import type { TextOf, TextPart } from '../../shared/longText.ts';
import type { Connection } from './database.ts';
import { parseBody } from './logText.ts';
import { activeRuns } from './runRecords.ts';
import { checkIndexOf, seqsOfRun } from './seqsOfRun.ts';
import { summarize, type Counted } from './summary.ts';

/** Runs by their starts, newest first; `before` is the start of one that was seen already. */
export function newestRuns(connection: Connection, limit: number, before?: number): { run: string; start: number }[] {
  return connection
    .prepare(`SELECT seq, run FROM events WHERE type = 'run_started' AND seq < ? ORDER BY seq DESC LIMIT ?`)
    .all(before ?? Number.MAX_SAFE_INTEGER, limit)
    .map((row) => ({ run: String(row['run']), start: Number(row['seq']) }));
}

/** Those of them that began in a folder; pinned ones beyond the limit, too. */
export function newestRunsIn(connection: Connection, folder: string, limit: number): { run: string; start: number }[] {
  const pinned = new Set(
    connection
      .prepare("SELECT DISTINCT run FROM events WHERE type = 'run_labelled' AND body ->> '$.data.pinned' = 1")
      .all()
      .map((row) => String(row['run'])),
  );
  return connection
    .prepare(
      `SELECT e.seq AS seq, e.run AS run FROM events e JOIN payloads p ON p.seq = e.seq
       WHERE e.type = 'run_started' AND p.body ->> '$.folder' = ? ORDER BY e.seq DESC`,
    )
    .all(folder)
    .map((row) => ({ run: String(row['run']), start: Number(row['seq']) }))
    .filter(({ run }, index) => index < limit || pinned.has(run));
}

/** Runs as the tree and the list of past runs show them. */
export function summaries(connection: Connection, runs: readonly { run: string; start: number }[]): RunSummary[] {
  const active = activeRuns(connection);
  return runs.map(({ run, start }) =>
    summarize({ run, start }, landmarks(connection, run), countedIn(connection, run), active.has(run)),
  );
}

/** How runs stand, without a count of what they did; `active`: those that a process holds. */
export function standings(
  connection: Connection,
  runs: readonly { run: string; start: number }[],
  active: ReadonlySet<string>,
): RunSummary[] {
  return runs.map(({ run, start }) =>
    summarize({ run, start }, landmarks(connection, run), { actions: 0 }, active.has(run)),
  );
}

/**
 * Throws `IndexDamaged` where not all of a run is found that the log holds: a part would read as the whole. `most`: so
 * many characters of an output or a reply are enough.
 */
export function eventsOf(connection: Connection, run: string, most = Infinity, after = 0): AuditRecord[] {
  checkIndexOf(connection, run, seqsOfRun(connection, run));
  return records(
    connection,
    'SELECT e.body AS body, e.hash AS hash, p.body AS payload FROM events e LEFT JOIN payloads p ON p.seq = e.seq WHERE e.run = ? AND e.seq > ? ORDER BY e.seq',
    run,
    { most, values: [after] },
  );
}

/** The same without what was put out or said: whoever lists what happened reads no texts. */
export function actionsOf(connection: Connection, run: string): AuditRecord[] {
  checkIndexOf(connection, run, seqsOfRun(connection, run));
  return records(
    connection,
    `SELECT e.body AS body, e.hash AS hash, iif(e.type IN ('finished', 'model_replied'), NULL, p.body) AS payload
     FROM events e LEFT JOIN payloads p ON p.seq = e.seq WHERE e.run = ? ORDER BY e.seq`,
    run,
  );
}

/** So many characters go at once. */
const MOST_OF_PART = 20_000;

/** A part of a long text of a run, as the log keeps it. */
export function textOf(connection: Connection, run: string, of: TextOf, from: number): TextPart | undefined {
  const [type, key, name] =
    of.kind === 'output' ? ['finished', '$.action', of.action] : ['model_replied', '$.turn', of.turn];
  const field = of.kind === 'output' ? 'output' : 'text';
  const row = connection
    .prepare(
      `SELECT p.body ->> ('$.' || ?1) AS text FROM events e JOIN payloads p ON p.seq = e.seq
       WHERE e.run = ?2 AND e.type = ?3 AND e.body ->> ?4 = ?5 ORDER BY e.seq DESC LIMIT 1`,
    )
    .get(field, run, type, key, name);
  const text = row?.['text'];
  if (typeof text !== 'string') return undefined;
  const part = text.slice(from, from + MOST_OF_PART);
  // Half a character may not survive the way.
  return { text: part.replace(/[\uD800-\uDBFF]$/, ''), length: text.length };
}

/** The events that tell how a run stands: a list of runs must not read everything that ever happened in them. */
function landmarks(connection: Connection, run: string): AuditRecord[] {
  return records(
    connection,
    `SELECT e.body AS body, e.hash AS hash, p.body AS payload FROM events e LEFT JOIN payloads p ON p.seq = e.seq
     WHERE e.run = ? AND e.type IN ('run_started', 'run_continued', 'run_finished', 'interrupted', 'dismissed', 'run_labelled') ORDER BY e.seq`,
    run,
  );
}

/** An action may be proposed, and asked about, again, and counts once. */
function countedIn(connection: Connection, run: string): Counted {
  const row = connection
    .prepare(
      `SELECT count(DISTINCT iif(type = 'proposed', body ->> '$.action', NULL)) AS actions,
         count(DISTINCT iif(type = 'asked', body ->> '$.action', NULL)) AS questions,
         sum(iif(type IN ('model_replied', 'asked_again', 'compacted'), body ->> '$.data.cost', NULL)) AS cost
       FROM events WHERE run = ?`,
    )
    .get(run);
  const cost = Number(row?.['cost'] ?? 0);
  const files = filesIn(connection, run);
  return {
    actions: Number(row?.['actions']),
    questions: Number(row?.['questions']),
    ...(files > 0 && { files }),
    ...(cost > 0 && { cost }),
  };
}

/** Paths that actions of a run changed; where their names were erased or cut, as many as the longest list had. */
function filesIn(connection: Connection, run: string): number {
  const row = connection
    .prepare(
      `SELECT count(DISTINCT iif(c.type = 'object', json_extract(c.value, '$.path'), NULL)) AS named,
         max(iif(json_valid(e.body), e.body ->> '$.data.paths', 0)) AS counted
       FROM events e LEFT JOIN payloads p ON p.seq = e.seq
         LEFT JOIN json_each(iif(json_valid(p.body), p.body, '{}'), '$.paths') c
       WHERE e.run = ? AND e.type = 'changed'`,
    )
    .get(run);
  return Math.max(Number(row?.['named'] ?? 0), Number(row?.['counted'] ?? 0));
}

/** `values`: what the statement takes after the run. */
function records(
  connection: Connection,
  sql: string,
  run: string,
  { most = Infinity, values = [] }: { most?: number; values?: readonly number[] } = {},
): AuditRecord[] {
  const found: AuditRecord[] = [];
  for (const row of connection.prepare(sql).iterate(run, ...values)) {
    const body = parseBody(String(row['body']));
    if (body?.run !== run) continue; // one damaged record is passed over here; verify names it
    const payload = row['payload'] === null ? undefined : parsePayload(String(row['payload']));
    found.push({ ...body, hash: String(row['hash']), ...(payload && { payload: withShortTexts(payload, most) }) });
  }
  return found;
}

type Payload = NonNullable<AuditRecord['payload']>;

const LONG_TEXTS = ['output', 'text'];

function withShortTexts(payload: Payload, most: number): Payload {
  const short: Payload = {};
  const lengths: Record<string, number> = {};
  for (const key of LONG_TEXTS) {
    const text = payload[key];
    if (typeof text !== 'string' || text.length <= most) continue;
    short[key] = cutVisibly(text, most);
    lengths[key] = text.length;
  }
  return Object.keys(lengths).length === 0 ? payload : { ...payload, ...short, lengths };
}

function parsePayload(text: string): AuditRecord['payload'] {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined; // as with a damaged record
  }
}
