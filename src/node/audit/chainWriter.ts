import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import type { SeenHead } from '../../core/audit/port.ts';
import {
  checkedEvent,
  type AuditEvent,
  type EventBody,
  type EventType,
  type NewEvent,
} from '../../shared/auditEvent.ts';
import { hasMark } from '../../shared/eventTable.ts';
import { canonicalJson } from '../../shared/json.ts';
import { isOfRun, LOG_EVENTS } from '../../shared/noRun.ts';
import { commitment, eventHash, EXPORT_FORMAT, headStatement, MOST_UNSIGNED, writerStatement } from './chain.ts';
import { digestText, payloadText, shortData } from './cut.ts';
import type { Connection } from './database.ts';
import { forgetGap, notedGap, type Gap } from './setAside.ts';
import { isConstraint } from './sqliteProblem.ts';
import { accountKey, fingerprint, processKey, type SigningKey } from './keys.ts';
import type { LogFile } from './logFile.ts';
import { LogReplaced } from './problems.ts';
import { logOf, tipOf, type Tip } from './logText.ts';
import { begunFile, placeOf } from './place.ts';
import { budgetNotice, RUN_LIMITS, RunBudget, type Room, type RunLimits } from './runBudget.ts';

/**
 * Appends events to the chain and signs it. Every process signs with a key of its own that it introduces with its
 * first event, certified by the account's key; whoever writes the eighth event since the last signature signs.
 */
export class ChainWriter {
  readonly #file: LogFile;
  readonly #data: string;
  readonly #pid: number;
  readonly #key: SigningKey = processKey();
  readonly id: string = fingerprint(this.#key.publicKey);
  /** The log in which this process has introduced itself. */
  #log: { connection: Connection; name: string } | undefined;

  /** The log that begins in the transaction that is open. */
  #begun: { file: string; name: string } | undefined;
  /** The last signature of this process that nobody has asked for yet. */
  #head: SeenHead | undefined;
  /** The last event that this process wrote into a log, and whether it waits for a signature. */
  #own: { log: string; seq: number; hash: string; isWaiting: boolean } | undefined;
  readonly #limits: RunLimits;
  readonly #budget: RunBudget;

  constructor(file: LogFile, data: string, pid: number, limits = RUN_LIMITS) {
    this.#file = file;
    this.#data = data;
    this.#pid = pid;
    this.#limits = limits;
    this.#budget = new RunBudget(limits);
  }

  /** One transaction. If it fails, this process has not introduced itself in it either. */
  transaction<T>(connection: Connection, work: () => T): T {
    const before = { log: this.#log, head: this.#head, own: this.#own };
    try {
      const result = connection.transaction(() => {
        if (!this.#file.isCurrent()) throw new LogReplaced();
        connection.checkRules();
        return work();
      });
      this.#noteBeginning();
      return result;
    } catch (error) {
      this.#begun = undefined;
      this.#log = before.log;
      this.#head = before.head;
      this.#own = before.own;
      this.#budget.forget();
      throw error;
    }
  }

  /** Appends within a transaction of this writer. Throws `LogReplaced` where the file is not the log any more. */
  append<T extends EventType>(connection: Connection, event: NewEvent<T>): AuditEvent {
    const checked = checkedEvent(event);
    this.#checkOwn(connection);
    const tip = tipOf(connection);
    this.#introduce(connection, tip);
    const room = this.#budget.roomFor(connection, checked, isOfRun(checked.run));
    if (room.payload === 'digest' && room.isFirst) this.#write(connection, tip, budgetNotice(checked, this.#limits));
    const written = this.#write(connection, tip, checked, new Date().toISOString(), room);
    if (tip.seq - tip.signed >= MOST_UNSIGNED || isSignedAtOnce(checked)) this.#sign(connection, tip);
    else if (this.#own) this.#own.isWaiting = true;
    return written;
  }

  /** Whether something that this process wrote waits for a signature. */
  get isWaiting(): boolean {
    return this.#own?.isWaiting ?? false;
  }

  /** Signs what this process wrote last, if nobody has done so since. Within a transaction of this writer. */
  settle(connection: Connection): void {
    const own = this.#own;
    if (!own?.isWaiting || this.#log?.connection !== connection) return;
    this.#checkOwn(connection);
    const tip = tipOf(connection);
    if (tip.signed < own.seq) this.#sign(connection, tip);
    else this.#own = { ...own, isWaiting: false };
  }

  /** The last signature of this process, if there is one since this was asked last. */
  takeHead(): SeenHead | undefined {
    const head = this.#head;
    this.#head = undefined;
    return head;
  }

  sign(text: string): string {
    return this.#key.sign(text);
  }

  /** Introduces this process where it has not: for those who sign something beside the chain. */
  introduced(connection: Connection): string {
    this.#introduce(connection, tipOf(connection));
    return this.#log?.name ?? '';
  }

  /** Nobody may write the end anew while this process stands on it: the next signature would cover that too. */
  #checkOwn(connection: Connection): void {
    const own = this.#own;
    const isHere = this.#log?.connection === connection || logOf(connection)?.log === own?.log;
    if (!own || own.log === '' || !isHere) return;
    const found = connection.prepare('SELECT hash FROM events WHERE seq = ?').get(own.seq)?.['hash'];
    if (found !== own.hash)
      throw new LogReplaced('damaged', `event ${own.seq} of the log is not the one that was recorded there`);
  }

  #introduce(connection: Connection, tip: Tip): void {
    if (this.#log?.connection === connection && tip.seq > 0) return;
    const begun = begunFile(this.#data);
    const account = accountKey(this.#data);
    let name: string;
    if (tip.seq === 0) {
      name = randomUUID();
      this.#begun = { file: begun, name };
      this.#write(connection, tip, {
        type: 'log_started',
        run: LOG_EVENTS,
        data: { log: name, format: 1, account: account.publicKey },
      });
    } else {
      const first = logOf(connection);
      // A log belongs to one account key: with another one nobody could tell who may write it.
      if (first?.account !== account.publicKey) throw new LogReplaced(first ? 'other key' : 'damaged');
      name = first.log;
    }
    const isFirst = tip.seq === 1;
    this.#write(connection, tip, {
      type: 'writer',
      run: LOG_EVENTS,
      data: {
        key: this.#key.publicKey,
        certificate: account.sign(writerStatement(name, tip.seq, tip.hash, this.#key.publicKey)),
        pid: this.#pid,
        exports: EXPORT_FORMAT,
      },
    });
    tip.signed = tip.seq;
    this.#log = { connection, name };
    const gap = isFirst
      ? (notedGap(this.#file.path) ?? this.#file.gap ?? (existsSync(begun) ? MISSING : undefined))
      : undefined;
    if (!gap) return;
    const { reason, bytes, digest, file, problem } = gap;
    this.#write(connection, tip, {
      type: 'gap',
      run: LOG_EVENTS,
      data: { reason, ...(bytes !== undefined && { bytes }), ...(digest !== undefined && { digest }) },
      payload: { file, problem },
    });
    this.#sign(connection, tip);
  }

  /** That there is a log stands beside it, from the moment when it is there: if it is gone one day, that is missed. */
  #noteBeginning(): void {
    if (this.#begun) {
      writeFileSync(this.#begun.file, this.#begun.name, { mode: 0o600 });
      forgetGap(this.#file.path);
    }
    this.#begun = undefined;
  }

  #sign(connection: Connection, tip: Tip): void {
    const signedAt = new Date().toISOString();
    const signature = this.#key.sign(headStatement(this.#log?.name ?? '', tip.seq, tip.hash, signedAt));
    const { seq, hash, time } = this.#write(
      connection,
      tip,
      { type: 'head', run: LOG_EVENTS, data: { signature } },
      signedAt,
    );
    tip.signed = tip.seq;
    if (this.#own) this.#own.isWaiting = false;
    this.#head = { place: placeOf(this.#data), log: this.#log?.name ?? '', seq, hash, time };
  }

  #write<T extends EventType>(
    connection: Connection,
    tip: Tip,
    event: NewEvent<T>,
    time = new Date().toISOString(),
    room: Room = { payload: 'whole' },
  ): AuditEvent {
    const { payload, ...open } = event;
    const text = payload && (room.payload === 'whole' ? payloadText(payload) : digestText(payload));
    const salt = text === undefined ? '' : newSalt();
    const body: EventBody = {
      v: 1,
      seq: tip.seq + 1,
      time,
      writer: this.id,
      ...open,
      data: shortData(event),
      ...(text !== undefined && { commitment: commitment(salt, text) }),
    };
    const canonical = canonicalJson(body);
    const hash = eventHash(tip.hash, canonical);
    try {
      connection.prepare('INSERT INTO events (seq, body, hash) VALUES (?, ?, ?)').run(body.seq, canonical, hash);
      if (text !== undefined)
        connection.prepare('INSERT INTO payloads (seq, salt, body) VALUES (?, ?, ?)').run(body.seq, salt, text);
    } catch (error) {
      // Something stands already where nothing can: rows that belong to no event.
      throw isConstraint(error) ? new LogReplaced('damaged') : error;
    }
    tip.seq = body.seq;
    tip.hash = hash;
    this.#budget.wrote(event.run, canonical.length + (text?.length ?? 0));
    this.#own = { log: this.#log?.name ?? '', seq: body.seq, hash, isWaiting: this.#own?.isWaiting ?? false };
    return { ...body, hash };
  }
}

const MISSING: Gap = {
  reason: 'missing',
  file: '',
  problem: 'there was no log although this account has written one before',
};

/** An event of the run itself, not of one of its actions. */
function isSignedAtOnce({ type, action }: NewEvent): boolean {
  return hasMark(type, 'signed at once') && action === undefined;
}

/** Random bytes are dear one call at a time. */
let pool = Buffer.alloc(0);
const SALT_BYTES = 16;

function newSalt(): string {
  if (pool.length < SALT_BYTES) pool = randomBytes(4096);
  const salt = pool.toString('hex', 0, SALT_BYTES);
  pool = pool.subarray(SALT_BYTES);
  return salt;
}
