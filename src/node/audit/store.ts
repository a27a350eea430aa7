import { randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  AuditEventSchema,
  NewEventSchema,
  type AuditEvent,
  type AuditRecord,
  type NewEvent,
  type RunSummary,
} from '../../shared/auditEvent.ts';
import { canonicalJson, type Json } from '../../shared/json.ts';
import type { Claim } from '../../core/audit/port.ts';
import { isAlive, type ProcessIdentity } from '../process/identity.ts';
import { commitment, eventHash, GENESIS } from './chain.ts';
import { summarize } from './summary.ts';

/**
 * The audit log in one SQLite database. Everything here is synchronous and durable when it returns; it runs in a
 * worker, so that waiting for another writer never freezes anybody.
 */
export class AuditStore {
  readonly #database: DatabaseSync;
  readonly #owner: ProcessIdentity;
  readonly #writer: string;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, owner: ProcessIdentity) {
    this.#database = database;
    this.#owner = owner;
    this.#writer = `${owner.pid}-${owner.start}`;
  }

  append(event: NewEvent): AuditEvent {
    const checked = NewEventSchema.parse(event);
    return this.#transaction(() => this.#appendOpen(checked));
  }

  /** Claims folders for a run, all or none; what a dead process held is marked as interrupted and taken over. */
  claim(folders: readonly string[], run: string): Claim {
    return this.#transaction(() => {
      for (const folder of folders) {
        const row = this.#prepare('SELECT run, pid, start, boot FROM active_runs WHERE folder = ?').get(folder);
        if (!row) continue;
        const holder = { pid: Number(row['pid']), start: String(row['start']), boot: String(row['boot']) };
        if (isAlive(holder)) return { ok: false, folder, run: String(row['run']), pid: holder.pid };
        this.#markInterrupted(String(row['run']));
      }
      const { pid, start, boot } = this.#owner;
      for (const folder of folders)
        this.#prepare('INSERT INTO active_runs (folder, run, pid, start, boot) VALUES (?, ?, ?, ?, ?)').run(
          folder,
          run,
          pid,
          start,
          boot,
        );
      return { ok: true };
    });
  }

  release(run: string): void {
    this.#prepare('DELETE FROM active_runs WHERE run = ?').run(run);
  }

  /** Marks as interrupted what processes that are gone left open; returns those runs. */
  recover(): string[] {
    return this.#transaction(() => {
      const marked: string[] = [];
      for (const row of this.#prepare('SELECT folder, run, pid, start, boot FROM active_runs').all()) {
        if (isAlive({ pid: Number(row['pid']), start: String(row['start']), boot: String(row['boot']) })) continue;
        if (marked.includes(String(row['run']))) continue;
        this.#markInterrupted(String(row['run']));
        marked.push(String(row['run']));
      }
      return marked;
    });
  }

  saveTranscript(run: string, transcript: Json): void {
    this.#prepare('INSERT OR REPLACE INTO transcripts (run, body) VALUES (?, ?)').run(run, JSON.stringify(transcript));
  }

  loadTranscript(run: string): Json | undefined {
    const row = this.#prepare('SELECT body FROM transcripts WHERE run = ?').get(run);
    return row ? (JSON.parse(String(row['body'])) as Json) : undefined;
  }

  runs(limit: number, before?: string): RunSummary[] {
    const rows = this.#prepare(
      `SELECT run FROM events WHERE type = 'run_started' AND seq < coalesce(
         (SELECT min(seq) FROM events WHERE run = ? AND type = 'run_started'), 9007199254740991)
       ORDER BY seq DESC LIMIT ?`,
    ).all(before ?? '', limit);
    const active = new Set(
      this.#prepare('SELECT run FROM active_runs')
        .all()
        .map((row) => String(row['run'])),
    );
    return rows.map((row) =>
      summarize(
        String(row['run']),
        this.#landmarks(String(row['run'])),
        Number(
          this.#prepare('SELECT count(DISTINCT action) AS n FROM events WHERE run = ?').get(String(row['run']))?.['n'],
        ),
        active.has(String(row['run'])),
      ),
    );
  }

  events(run: string): AuditRecord[] {
    return this.#records(
      'SELECT e.body AS body, p.body AS payload FROM events e LEFT JOIN payloads p ON p.seq = e.seq WHERE e.run = ? ORDER BY e.seq',
      run,
    );
  }

  /** The events that tell how a run stands: a list of runs must not read everything that ever happened in them. */
  #landmarks(run: string): AuditRecord[] {
    return this.#records(
      `SELECT e.body AS body, p.body AS payload FROM events e LEFT JOIN payloads p ON p.seq = e.seq
       WHERE e.run = ? AND e.type IN ('run_started', 'run_continued', 'run_finished', 'interrupted') ORDER BY e.seq`,
      run,
    );
  }

  #records(sql: string, run: string): AuditRecord[] {
    return this.#prepare(sql)
      .all(run)
      .flatMap((row) => {
        const event = parseEvent(String(row['body']));
        if (!event) return []; // one damaged record is passed over here; verify names it
        return [
          row['payload'] === null
            ? event
            : { ...event, payload: JSON.parse(String(row['payload'])) as NonNullable<AuditRecord['payload']> },
        ];
      });
  }

  verify(): { ok: boolean; events: number; erased: number; problem?: string; firstBad?: number } {
    let prev = GENESIS;
    let seq = 0;
    let erased = 0;
    const rows = this.#prepare(
      'SELECT e.seq AS seq, e.body AS body, e.hash AS hash, p.salt AS salt, p.body AS payload FROM events e LEFT JOIN payloads p ON p.seq = e.seq ORDER BY e.seq',
    ).iterate();
    for (const row of rows) {
      seq += 1;
      const bad = (problem: string): ReturnType<AuditStore['verify']> => ({
        ok: false,
        events: seq - 1,
        erased,
        problem,
        firstBad: seq,
      });
      const event = parseEvent(String(row['body']));
      if (!event) return bad('the record cannot be read');
      if (Number(row['seq']) !== seq || event.seq !== seq)
        return bad('an event is missing or out of order before this one');
      if (event.prev !== prev) return bad('it does not follow from the event before it');
      const { hash, ...rest } = event;
      if (eventHash(rest) !== hash || hash !== row['hash']) return bad('its content is not what its hash says');
      if (row['payload'] !== null && commitment(String(row['salt']), String(row['payload'])) !== event.commitment)
        return bad('its payload is not what it committed to');
      if (row['payload'] === null && event.commitment !== undefined) erased += 1;
      prev = hash;
    }
    return { ok: true, events: seq, erased };
  }

  close(): void {
    this.#database.close();
  }

  #appendOpen(event: NewEvent): AuditEvent {
    const last = this.#prepare('SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1').get();
    const seq = last ? Number(last['seq']) + 1 : 1;
    const { payload, ...open } = event;
    const text = payload === undefined ? undefined : canonicalJson(payload);
    const salt = randomBytes(16).toString('hex');
    const unsigned: Omit<AuditEvent, 'hash'> = {
      v: 1,
      seq,
      time: new Date().toISOString(),
      writer: this.#writer,
      ...open,
      ...(text !== undefined && { commitment: commitment(salt, text) }),
      prev: last ? String(last['hash']) : GENESIS,
    };
    const whole: AuditEvent = { ...unsigned, hash: eventHash(unsigned) };
    this.#prepare('INSERT INTO events (seq, run, action, type, body, hash) VALUES (?, ?, ?, ?, ?, ?)').run(
      seq,
      whole.run,
      whole.action ?? null,
      whole.type,
      canonicalJson(whole),
      whole.hash,
    );
    if (text !== undefined)
      this.#prepare('INSERT INTO payloads (seq, salt, body) VALUES (?, ?, ?)').run(seq, salt, text);
    return whole;
  }

  /** Closes what a dead process left open: started actions, questions nobody answered, and the run itself. */
  #markInterrupted(run: string): void {
    const open = new Map<string, AuditEvent['type']>();
    let isOpen = false;
    for (const event of this.events(run)) {
      if (event.type === 'run_started' || event.type === 'run_continued') isOpen = true;
      if (event.type === 'run_finished' || (event.type === 'interrupted' && event.action === undefined)) isOpen = false;
      if (event.action === undefined) continue;
      if (['asked', 'answered', 'started'].includes(event.type)) open.set(event.action, event.type);
      if (event.type === 'finished' || event.type === 'interrupted') open.delete(event.action);
    }
    for (const [action, last] of open) {
      if (last === 'asked')
        this.#appendOpen({ type: 'answered', run, action, data: { choice: 'deny', by: 'interruption' } });
      this.#appendOpen({
        type: 'interrupted',
        run,
        action,
        data: { after: last, effect: last === 'started' ? 'may have happened' : 'did not happen' },
      });
    }
    if (isOpen) this.#appendOpen({ type: 'interrupted', run, data: { reason: 'the process that owned it is gone' } });
    this.release(run);
  }

  #transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #prepare(sql: string): StatementSync {
    const known = this.#prepared.get(sql) ?? this.#database.prepare(sql);
    this.#prepared.set(sql, known);
    return known;
  }
}

function parseEvent(body: string): AuditEvent | undefined {
  try {
    const parsed = AuditEventSchema.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
