import { LogRefusal, RunTakenOver, type Claim, type RunningRun } from '../../core/audit/port.ts';
import type { EventType } from '../../shared/auditEvent.ts';
import { hasMark } from '../../shared/eventTable.ts';
import type { ProcessIdentity } from '../process/identity.ts';
import type { Lives } from '../process/lives.ts';
import type { ChainWriter } from './chainWriter.ts';
import type { Connection } from './database.ts';
import { runningRun, whatIsOpen } from './runningRun.ts';
import { OWNER_GONE } from './summary.ts';

/** Which run is active where, what runs need to go on, and what dead processes left open. */
export class RunRecords {
  readonly #writer: ChainWriter;
  readonly #owner: ProcessIdentity;
  readonly #lives: Lives;
  /** What this process holds, and the log in which that stands. */
  readonly #held = new Map<string, readonly string[]>();
  #log: Connection | undefined;

  constructor(writer: ChainWriter, owner: ProcessIdentity, lives: Lives) {
    this.#writer = writer;
    this.#owner = owner;
    this.#lives = lives;
  }

  /** Puts what this process holds into a log that it meets for the first time: the one before was set aside. */
  carryOver(connection: Connection): void {
    if (this.#log !== connection) for (const [run, folders] of this.#held) this.#insert(connection, folders, run);
    this.#log = connection;
  }

  /** Claims folders for a run, all or none; what a dead process held is marked as interrupted and taken over. */
  claim(connection: Connection, folders: readonly string[], run: string): Claim {
    for (const folder of folders) {
      const row = connection.prepare('SELECT run, pid, start, boot FROM active_runs WHERE folder = ?').get(folder);
      if (!row) continue;
      const holder = ownerOf(row);
      const held = String(row['run']);
      const isHere = this.#held.has(held);
      if (this.#lives.isAlive(holder))
        return { ok: false, folder, holder: { ...runningRun(connection, held, holder), isHere } };
      this.#markInterrupted(connection, held);
    }
    // A window may still have in memory what was erased; going on would bring it back.
    if (isErased(connection, run)) throw new LogRefusal('The texts of this run were erased; start a new run.');
    this.#insert(connection, folders, run);
    this.#held.set(run, folders);
    return { ok: true };
  }

  /** Lets go of a run. What it began and could not record to its end is closed: nobody else will. */
  release(connection: Connection, run: string): void {
    const isOurs = this.#isOurs(connection, run);
    this.#held.delete(run);
    if (!isOurs) return; // it is somebody else's by now
    this.#closeActions(connection, run, ['started']);
    letGo(connection, run);
  }

  /** Runs that processes which are alive hold, this one too. */
  running(connection: Connection): (RunningRun & { isHere: boolean })[] {
    const rows = connection.prepare('SELECT run, pid, start, boot FROM active_runs GROUP BY run ORDER BY run').all();
    return rows.flatMap((row) => {
      const [run, holder] = [String(row['run']), ownerOf(row)];
      const isHere = this.#held.has(run);
      return this.#lives.isAlive(holder) ? [{ ...runningRun(connection, run, holder), isHere }] : [];
    });
  }

  /**
   * Throws `RunTakenOver` where a run that this process held is another one's: it begins nothing more, and does not say
   * how the run ended. What it had begun is told to its end.
   */
  refuseLost(connection: Connection, run: string, type?: EventType): void {
    if (!this.#held.has(run) || this.#isOurs(connection, run)) return;
    if (type === undefined || !hasMark(type, 'afterwards')) throw new RunTakenOver();
  }

  #isOurs(connection: Connection, run: string): boolean {
    const { pid, start, boot } = this.#owner;
    const rows = connection.prepare('SELECT pid, start, boot FROM active_runs WHERE run = ?').all(run);
    return (
      rows.length > 0 && rows.map(ownerOf).every((one) => one.pid === pid && one.start === start && one.boot === boot)
    );
  }

  /** Marks as interrupted what processes that are gone left open; returns those runs. */
  recover(connection: Connection): string[] {
    const marked = new Set<string>();
    for (const row of connection.prepare('SELECT folder, run, pid, start, boot FROM active_runs').all()) {
      const run = String(row['run']);
      if (marked.has(run) || this.#lives.isAlive(ownerOf(row))) continue;
      this.#markInterrupted(connection, run);
      marked.add(run);
    }
    return [...marked];
  }

  #insert(connection: Connection, folders: readonly string[], run: string): void {
    this.#lives.hold(this.#owner);
    const { pid, start, boot } = this.#owner;
    for (const folder of folders)
      connection
        .prepare('INSERT OR IGNORE INTO active_runs (folder, run, pid, start, boot) VALUES (?, ?, ?, ?, ?)')
        .run(folder, run, pid, start, boot);
  }

  /** Closes what a dead process left open: started actions, questions nobody answered, and the run itself. */
  #markInterrupted(connection: Connection, run: string): void {
    if (this.#closeActions(connection, run, ['asked', 'answered', 'started']))
      this.#writer.append(connection, {
        type: 'interrupted',
        run,
        data: { reason: OWNER_GONE },
      });
    this.#held.delete(run);
    letGo(connection, run);
  }

  /** Says of what a run left open how far it came; returns whether the run itself is open. */
  #closeActions(connection: Connection, run: string, after: readonly EventType[]): boolean {
    const { actions, isOpen } = whatIsOpen(connection, run);
    for (const [action, last] of actions) {
      if (!after.includes(last)) continue;
      if (last === 'asked')
        this.#writer.append(connection, {
          type: 'answered',
          run,
          action,
          data: { choice: 'deny', by: 'interruption' },
        });
      this.#writer.append(connection, {
        type: 'interrupted',
        run,
        action,
        data: { after: last, effect: last === 'started' ? 'may have happened' : 'did not happen' },
      });
    }
    return isOpen;
  }
}

/** Runs that processes which are alive hold. */
export function heldByTheLiving(connection: Connection, lives: Lives): Set<string> {
  const rows = connection.prepare('SELECT run, pid, start, boot FROM active_runs').all();
  return new Set(rows.filter((row) => lives.isAlive(ownerOf(row))).map((row) => String(row['run'])));
}

function letGo(connection: Connection, run: string): void {
  connection.prepare('DELETE FROM active_runs WHERE run = ?').run(run);
}

function isErased(connection: Connection, run: string): boolean {
  return (
    connection
      .prepare(
        `SELECT 1 FROM events e WHERE e.run = ? AND e.type = 'run_started'
           AND NOT EXISTS (SELECT 1 FROM payloads p WHERE p.seq = e.seq)`,
      )
      .get(run) !== undefined
  );
}

function ownerOf(row: Record<string, unknown>): ProcessIdentity {
  return { pid: Number(row['pid']), start: String(row['start']), boot: String(row['boot']) };
}

/** The runs that a process works on, or that a dead one left so. */
export function activeRuns(connection: Connection): Set<string> {
  const rows = connection.prepare('SELECT DISTINCT run FROM active_runs').all();
  return new Set(rows.map((row) => String(row['run'])));
}
