import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, DatabaseSync, type StatementSync } from 'node:sqlite';

// A program of its own: it is given to Node as text, inside a sandbox, and imports nothing of ours. It reads one line of
// JSON and the files of a database from its input, asks SQLite, and writes lines of JSON; after a write the whole
// database follows as it is.

interface Job {
  mode: 'read' | 'write';
  files: { suffix: string; size: number }[];
  statements: string[];
  rows: number;
  characters: number;
}

type Cell = string | null | { head: string; length: number };
type Value = string | number | bigint | Uint8Array | null;

/** Characters of one value. What is shown of it is less, so that a secret is never seen cut in half. */
const MOST_IN_CELL = 65_536;
const CHUNK = 1 << 20;
const PAUSE = new Int32Array(new SharedArrayBuffer(4));

/** What looks at files, loads programs or hands out pointers, wherever it is compiled in. */
const FUNCTIONS = new Set(['load_extension', 'fts3_tokenizer', 'readfile', 'writefile', 'edit', 'fsdir', 'zipfile']);
const PRAGMAS = new Set(
  'table_info table_xinfo table_list index_info index_xinfo index_list foreign_key_list data_version'.split(' '),
);
const LOOKING = new Set([constants.SQLITE_SELECT, constants.SQLITE_READ, constants.SQLITE_RECURSIVE]);
/** What a write may do beside, and what it is called. */
const CHANGING = new Map<number, string>([
  [constants.SQLITE_INSERT, 'insert into'],
  [constants.SQLITE_UPDATE, 'update'],
  [constants.SQLITE_DELETE, 'delete from'],
  [constants.SQLITE_CREATE_TABLE, 'create table'],
  [constants.SQLITE_CREATE_INDEX, 'create index'],
  [constants.SQLITE_CREATE_VIEW, 'create view'],
  [constants.SQLITE_CREATE_TRIGGER, 'create trigger'],
  [constants.SQLITE_CREATE_VTABLE, 'create virtual table'],
  [constants.SQLITE_DROP_TABLE, 'drop table'],
  [constants.SQLITE_DROP_INDEX, 'drop index'],
  [constants.SQLITE_DROP_VIEW, 'drop view'],
  [constants.SQLITE_DROP_TRIGGER, 'drop trigger'],
  [constants.SQLITE_DROP_VTABLE, 'drop virtual table'],
  [constants.SQLITE_ALTER_TABLE, 'alter table'],
  [constants.SQLITE_REINDEX, 'reindex'],
  [constants.SQLITE_ANALYZE, 'analyze'],
]);
const MOST_TOUCHES = 200;

/** Does it again while the other end is not ready. */
function patiently(work: () => number): number {
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(PAUSE, 0, 0, 5);
    }
  }
}

function send(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    const from = at;
    at += patiently(() => writeSync(1, bytes, from, Math.min(CHUNK, bytes.length - from)));
  }
}

function say(what: object): void {
  send(Buffer.from(`${JSON.stringify(what)}\n`));
}

/** The input, of which a line was read whole and the rest is taken as it comes. */
class Input {
  #rest: Buffer = Buffer.alloc(0);

  line(): string {
    for (;;) {
      const end = this.#rest.indexOf(10);
      if (end !== -1) {
        const line = this.#rest.toString('utf8', 0, end);
        this.#rest = this.#rest.subarray(end + 1);
        return line;
      }
      this.#rest = Buffer.concat([this.#rest, this.#more(CHUNK)]);
    }
  }

  /** Exactly so many bytes into a file. */
  copy(path: string, size: number): void {
    const file = openSync(path, 'wx', 0o600);
    for (let left = size; left > 0;) {
      const piece = this.#rest.length > 0 ? this.#rest.subarray(0, left) : this.#more(Math.min(CHUNK, left));
      this.#rest = this.#rest.subarray(Math.min(piece.length, this.#rest.length));
      for (let at = 0; at < piece.length;) at += writeSync(file, piece, at);
      left -= piece.length;
    }
    closeSync(file);
  }

  #more(most: number): Buffer {
    const buffer = Buffer.alloc(most);
    const length = patiently(() => readSync(0, buffer, 0, most, null));
    if (length === 0) throw new Error('its input ended early');
    return buffer.subarray(0, length);
  }
}

/** One statement, prepared: what else stands in the text would be passed over in silence. */
function only(database: DatabaseSync, text: string): StatementSync {
  const statement = database.prepare(text);
  const rest = text.slice(statement.sourceSQL.length).replace(/--[^\n]*(?:\n|$)|\/\*[^]*?(?:\*\/|$)|[\s;]+/g, '');
  if (rest !== '') throw new Error('this is more than one statement; give one');
  return statement;
}

function cellOf(value: Value): Cell {
  if (value === null) return null;
  if (value instanceof Uint8Array) {
    const head = Buffer.from(value.subarray(0, MOST_IN_CELL / 2)).toString('hex');
    return value.length * 2 > MOST_IN_CELL ? { head: `x'${head}`, length: value.length * 2 } : `x'${head}'`;
  }
  const text = String(value);
  return text.length > MOST_IN_CELL ? { head: text.slice(0, MOST_IN_CELL), length: text.length } : text;
}

/** A row; of values beyond the most characters nothing is told but how long they are. */
function rowOf(values: Value[], most: number): { cells: Cell[]; characters: number } {
  let characters = 0;
  const cells = values.map((value) => {
    const cell = cellOf(value);
    if (cell === null) return cell;
    const [length, whole] = typeof cell === 'string' ? [cell.length, cell.length] : [cell.head.length, cell.length];
    if (characters + length > most) return { head: '', length: whole };
    characters += length;
    return cell;
  });
  return { cells, characters };
}

/** Gives the rows of a statement, as many as are wanted, and whether there are more. */
function rowsOf(statement: StatementSync, job: Job): boolean {
  statement.setReturnArrays(true);
  statement.setReadBigInts(true);
  say({ columns: statement.columns().map(({ name }) => name) });
  let [rows, characters] = [0, 0];
  for (const row of statement.iterate() as unknown as Iterable<Value[]>) {
    if (rows >= job.rows || characters >= job.characters) return true;
    const { cells, characters: more } = rowOf(row, job.characters);
    say({ row: cells });
    rows += 1;
    characters += more + cells.length;
  }
  return false;
}

function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { allowExtension: false, enableForeignKeyConstraints: true });
  if (typeof database.setAuthorizer !== 'function') throw new Error('this Node has no authorizer for SQLite');
  database.enableDefensive(true);
  database.exec(
    'PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;',
  );
  return database;
}

/** Allows what is listed, and nothing else: also what triggers and views do. */
function authorize(database: DatabaseSync, mode: Job['mode'], touches: Set<string>): void {
  database.setAuthorizer((action, first, second, where) => {
    if (LOOKING.has(action)) return constants.SQLITE_OK;
    if (action === constants.SQLITE_FUNCTION)
      return FUNCTIONS.has((second ?? '').toLowerCase()) ? constants.SQLITE_DENY : constants.SQLITE_OK;
    if (action === constants.SQLITE_PRAGMA)
      return PRAGMAS.has((first ?? '').toLowerCase()) ? constants.SQLITE_OK : constants.SQLITE_DENY;
    const verb = mode === 'write' ? CHANGING.get(action) : undefined;
    if (verb === undefined || (where !== null && where !== 'main')) return constants.SQLITE_DENY;
    // What a statement changes of its own schema, SQLite says once more as a change of the table that holds it.
    const name = action === constants.SQLITE_ALTER_TABLE ? second : first;
    if (touches.size < MOST_TOUCHES && !/^sqlite_/.test(name ?? '')) touches.add(`${verb} ${name ?? ''}`.trim());
    return constants.SQLITE_OK;
  });
}

function read(database: DatabaseSync, job: Job): void {
  authorize(database, 'read', new Set());
  for (const text of job.statements) {
    const statement = only(database, text);
    if (statement.columns().length === 0) throw new Error('not authorized: this asks nothing');
    const more = rowsOf(statement, job);
    say({ end: { more, changed: 0, alsoChanged: 0 } });
  }
}

function write(database: DatabaseSync, job: Job): string[] {
  const touches = new Set<string>();
  const all = database.prepare('SELECT total_changes() AS n, changes() AS own');
  const counts = (): { n: number; own: number } => all.get() as { n: number; own: number };
  database.exec('BEGIN IMMEDIATE');
  authorize(database, 'write', touches);
  for (const text of job.statements) {
    const before = counts().n;
    const more = rowsOf(only(database, text), job);
    const { n, own } = counts();
    const changed = n === before ? 0 : Math.min(own, n - before);
    say({ end: { more, changed, alsoChanged: n - before - changed } });
  }
  database.setAuthorizer(null);
  database.exec('COMMIT');
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  return [...touches];
}

function main(): void {
  const input = new Input();
  const job = JSON.parse(input.line()) as Job;
  const memory = '/dev/shm'; // of this sandbox alone, and gone with it
  const path = join(mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'database-')), 'main.db');
  for (const { suffix, size } of job.files) input.copy(path + suffix, size);
  const database = open(path);
  if (job.mode === 'read') {
    read(database, job);
    say({ done: { touches: [], size: 0 } });
    return;
  }
  const touches = write(database, job);
  database.close();
  for (const suffix of ['-wal', '-journal'])
    if (existsSync(path + suffix) && statSync(path + suffix).size > 0) throw new Error('the change was not completed');
  const whole = readFileSync(path);
  say({ done: { touches, size: whole.length } });
  send(whole);
}

try {
  main();
} catch (error) {
  say({ error: error instanceof Error ? error.message.slice(0, 2000) : 'unknown failure' });
}
process.exit(0);
