import type { Client, CustomTypesConfig, QueryResult } from 'pg';
import type Cursor from 'pg-cursor';
import type { Cell, RowCaps, StatementResult } from '../../core/database/rows.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { beyond, POWERS } from './rolePowers.ts';

const MOST_IN_CELL = 65_536;
const BATCH = 100;
/** Every value stays the text that the server sent. */
const AS_TEXT: CustomTypesConfig = { getTypeParser: () => (value: string | Buffer) => value };

type Row = readonly (string | null)[];
interface Batch {
  rows: Row[];
  /** Not said again once all rows came. */
  names: string[] | undefined;
  count: number | null;
}

/** One session, and what is said in it. Each statement that is not ours goes by the extended protocol: it takes one alone. */
export class PostgresSession {
  readonly #client: Client;
  readonly #cursor: typeof Cursor;

  constructor(client: Client, cursor: typeof Cursor) {
    this.#client = client;
    this.#cursor = cursor;
  }

  /** Refuses a role that reaches beyond the data of its database. @throws ToolFailure */
  async refusePowers(): Promise<void> {
    const { columns, rows } = await this.run(POWERS, { rows: 1, characters: 10_000 });
    const [row = []] = rows;
    const powers = beyond(
      columns,
      row.map((cell) => (typeof cell === 'object' ? (cell?.head ?? null) : cell)),
    );
    if (powers !== undefined)
      throw new ToolFailure(
        `the role of this connection ${powers}: what it can do is not held by a transaction, so nothing is asked as it. Connect as a role that has no more than it needs (docs/databases.md)`,
      );
  }

  /** Begins, with the limits that the server holds. */
  async begin(mode: 'read only' | 'read write', seconds: number): Promise<void> {
    const ms = Math.round(seconds * 1000);
    await this.#client.query(`begin transaction ${mode}`);
    for (const limit of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'])
      await this.#client.query(`set local ${limit} = ${limit === 'lock_timeout' ? Math.min(ms, 5000) : ms}`);
  }

  async end(how: 'commit' | 'rollback'): Promise<void> {
    await this.#client.query(how);
  }

  /** Runs one statement to its end, and keeps what of its rows is wanted. */
  async run(text: string, caps: RowCaps, toItsEnd = false): Promise<StatementResult> {
    const cursor: Cursor<Row> = this.#client.query(
      new this.#cursor<Row>(text, [], { rowMode: 'array', types: AS_TEXT }),
    );
    const rows: Cell[][] = [];
    let [columns, characters, changed, more]: [string[], number, number, boolean] = [[], 0, 0, false];
    for (;;) {
      const batch = await read(cursor, Math.min(BATCH, caps.rows + 1));
      columns = batch.names ?? columns;
      for (const row of batch.rows) {
        if (rows.length >= caps.rows || characters >= caps.characters) more = true;
        else rows.push(row.map(cellOf));
        characters += row.reduce((sum, value) => sum + (value?.length ?? 4), 0);
      }
      if (batch.count !== null) changed = batch.count;
      if (batch.rows.length === 0 || (more && !toItsEnd)) break;
    }
    await cursor.close();
    return { columns, rows, more, changed: columns.length > 0 && !toItsEnd ? 0 : changed, alsoChanged: 0 };
  }

  /** How many rows the server thinks that a statement is about; null where it does not say. */
  async estimate(text: string): Promise<number | null> {
    if (!/^\s*(?:insert|update|delete|merge|with|select)\b/i.test(text)) return null;
    const { rows } = await this.run(`explain (format json) ${text}`, { rows: 1000, characters: 1_000_000 });
    const plan = rows.map(([cell]) => (typeof cell === 'string' ? cell : '')).join('');
    // The plan of a change says 0 of itself; what it is made from says how many.
    const estimates = [...plan.slice(0, 100_000).matchAll(/"Plan Rows": (\d{1,15})/g)].map(([, count]) =>
      Number(count),
    );
    return estimates.find((count) => count > 0) ?? estimates[0] ?? null;
  }
}

function read(cursor: Cursor<Row>, most: number): Promise<Batch> {
  return new Promise((resolve, reject) => {
    // After the last row there is no result, whatever the types say.
    cursor.read(most, (error: Error | null | undefined, rows, result: Partial<QueryResult> | undefined) => {
      if (error) reject(error);
      else
        resolve({
          rows,
          names: result?.fields?.map(({ name }) => name),
          count: typeof result?.rowCount === 'number' ? result.rowCount : null,
        });
    });
  });
}

function cellOf(value: string | null): Cell {
  if (value === null || value.length <= MOST_IN_CELL) return value;
  return { head: value.slice(0, MOST_IN_CELL), length: value.length };
}
