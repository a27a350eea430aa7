import type { RunningRun } from '../../core/audit/port.ts';
import type { EventType } from '../../shared/auditEvent.ts';
import { holderName, type ProcessIdentity } from '../process/identity.ts';
import type { Connection } from './database.ts';
import { parseBody } from './logText.ts';

/** A run that somebody holds, as its events tell of it. */
export function runningRun(connection: Connection, run: string, owner: ProcessIdentity): RunningRun {
  const first = connection.prepare(
    `SELECT p.body AS payload FROM events e JOIN payloads p ON p.seq = e.seq WHERE e.run = ? AND e.type = 'run_started'`,
  );
  const claimed = connection.prepare('SELECT folder FROM active_runs WHERE run = ? ORDER BY rowid');
  const folders = claimed.all(run).map((row) => String(row['folder']));
  const payload = parseJson(first.get(run)?.['payload']);
  const latest = (...types: EventType[]): ReturnType<typeof parseBody> => {
    const marks = types.map(() => '?').join(', ');
    const row = connection
      .prepare(`SELECT body FROM events WHERE run = ? AND type IN (${marks}) ORDER BY seq DESC LIMIT 1`)
      .get(run, ...types);
    return row && parseBody(String(row['body']));
  };
  const begun = latest('run_started', 'run_continued');
  const { at, place } = begun?.data ?? {};
  const isAsking = [...whatIsOpen(connection, run).actions.values()].includes('asked');
  const isUnattended = latest('unattended', 'attended', 'run_started', 'run_continued')?.type === 'unattended';
  return {
    ...{ run, holder: holderName(owner), pid: owner.pid },
    task: textOf(payload['task']),
    folder: textOf(payload['folder'] ?? folders[0]),
    folders,
    since: begun?.time ?? '',
    ...((at === 'editor' || at === 'terminal') && { at }),
    ...(typeof place === 'string' && { place }),
    state: isUnattended ? 'unattended' : isAsking ? 'asking' : 'working',
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parseJson(text: unknown): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(String(text));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {}; // erased, or damaged: verify names it
  }
}

/** The actions of a run that were asked about, approved or started, and came to no end; and whether the run did. */
export function whatIsOpen(connection: Connection, run: string): { actions: Map<string, EventType>; isOpen: boolean } {
  const actions = new Map<string, EventType>();
  let isOpen = false;
  const rows = connection.prepare(
    `SELECT body FROM events WHERE run = ? AND type IN
       ('run_started', 'run_continued', 'run_finished', 'interrupted', 'asked', 'answered', 'started', 'finished')
     ORDER BY seq`,
  );
  for (const row of rows.all(run)) {
    const event = parseBody(String(row['body']));
    if (!event) continue;
    if (event.type === 'run_started' || event.type === 'run_continued') isOpen = true;
    if (event.type === 'run_finished' || (event.type === 'interrupted' && event.action === undefined)) isOpen = false;
    if (event.action === undefined) continue;
    // Denied is an end.
    const isDenied = event.type === 'answered' && event.data['choice'] === 'deny';
    if (event.type === 'finished' || event.type === 'interrupted' || isDenied) actions.delete(event.action);
    else actions.set(event.action, event.type);
  }
  return { actions, isOpen };
}
