import type { AuditRecord, RunSummary } from '../../shared/auditEvent.ts';
import { isJsonObject } from '../../shared/json.ts';
import type { Connection } from './database.ts';
import { parseBody } from './logText.ts';
import { activeRuns } from './runRecords.ts';
import { checkIndexOf, seqsOfRun } from './seqsOfRun.ts';
import { summarize } from './summary.ts';

/** Runs by their starts, newest first; `before` is the start of one that was seen already. */
export function newestRuns(connection: Connection, limit: number, before?: number): { run: string; start: number }[] {
  return connection
    .prepare(`SELECT seq, run FROM events WHERE type = 'run_started' AND seq < ? ORDER BY seq DESC LIMIT ?`)
    .all(before ?? Number.MAX_SAFE_INTEGER, limit)
    .map((row) => ({ run: String(row['run']), start: Number(row['seq']) }));
}

/** Runs as the tree and the list of past runs show them. */
export function summaries(connection: Connection, runs: readonly { run: string; start: number }[]): RunSummary[] {
  const active = activeRuns(connection);
  return runs.map(({ run, start }) =>
    summarize({ run, start }, landmarks(connection, run), actionCount(connection, run), active.has(run)),
  );
}

/** Throws `IndexDamaged` where not all of a run is found that the log holds: a part would read as the whole. */
export function eventsOf(connection: Connection, run: string): AuditRecord[] {
  checkIndexOf(connection, run, seqsOfRun(connection, run));
  return records(
    connection,
    'SELECT e.body AS body, e.hash AS hash, p.body AS payload FROM events e LEFT JOIN payloads p ON p.seq = e.seq WHERE e.run = ? ORDER BY e.seq',
    run,
  );
}

/** The events that tell how a run stands: a list of runs must not read everything that ever happened in them. */
function landmarks(connection: Connection, run: string): AuditRecord[] {
  return records(
    connection,
    `SELECT e.body AS body, e.hash AS hash, p.body AS payload FROM events e LEFT JOIN payloads p ON p.seq = e.seq
     WHERE e.run = ? AND e.type IN ('run_started', 'run_continued', 'run_finished', 'interrupted', 'dismissed') ORDER BY e.seq`,
    run,
  );
}

/** An action may be proposed again, and counts once. */
function actionCount(connection: Connection, run: string): number {
  return Number(
    connection
      .prepare("SELECT count(DISTINCT body ->> '$.action') AS n FROM events WHERE run = ? AND type = 'proposed'")
      .get(run)?.['n'],
  );
}

function records(connection: Connection, sql: string, run: string): AuditRecord[] {
  return connection
    .prepare(sql)
    .all(run)
    .flatMap((row) => {
      const body = parseBody(String(row['body']));
      if (body?.run !== run) return []; // one damaged record is passed over here; verify names it
      const event = { ...body, hash: String(row['hash']) };
      const payload = row['payload'] === null ? undefined : parsePayload(String(row['payload']));
      return [{ ...event, ...(payload && { payload }) }];
    });
}

function parsePayload(text: string): AuditRecord['payload'] {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined; // as with a damaged record
  }
}
