import { StringDecoder } from 'node:string_decoder';
import * as z from 'zod';
import type { SqliteAnswer } from '../../core/database/sqlite.ts';
import type { Cell, StatementResult } from '../../core/database/rows.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { visibleLine } from '../../shared/visible.ts';

const CellSchema = z.union([
  z.string(),
  z.null(),
  z.strictObject({ head: z.string(), length: z.number().int().nonnegative() }),
]);
const Count = z.number().int().nonnegative();
const LineSchema = z.union([
  z.strictObject({ columns: z.array(z.string()).max(2000) }),
  z.strictObject({ row: z.array(CellSchema).max(2000) }),
  z.strictObject({ end: z.strictObject({ more: z.boolean(), changed: Count, alsoChanged: Count }) }),
  z.strictObject({ done: z.strictObject({ touches: z.array(z.string()).max(200), size: Count }) }),
  z.strictObject({ error: z.string() }),
]);
type Line = z.infer<typeof LineSchema>;

const MOST_ERROR = 500;

/** How much of it is taken. */
interface Most {
  lines: number;
  characters: number;
  databaseBytes: number;
}

/**
 * What the child says (sqliteChild.ts), read as it comes. A hostile database may have taken the child over, so what it
 * says is parsed, and never more than was asked for.
 */
export class ChildOutput {
  readonly #most: Most;
  readonly #decoder = new StringDecoder();
  #rest = '';
  #lines = 0;
  #characters = 0;
  #columns: string[] | undefined;
  #rows: Cell[][] = [];
  readonly #results: StatementResult[] = [];
  #done: { touches: string[]; size: number } | undefined;
  #error: string | undefined;
  readonly #database: Uint8Array[] = [];
  #databaseBytes = 0;

  constructor(most: Most) {
    this.#most = most;
  }

  /** Takes what came; throws where that is nothing that a child says. */
  take(chunk: Uint8Array): void {
    let left = chunk;
    while (left.length > 0 && !this.#done) {
      const end = left.indexOf(10);
      const piece = end === -1 ? left : left.subarray(0, end);
      this.#characters += piece.length;
      if (this.#characters > this.#most.characters) throw new Error('it said too much');
      this.#rest += this.#decoder.write(Buffer.from(piece));
      left = end === -1 ? left.subarray(left.length) : left.subarray(end + 1);
      if (end !== -1) this.#line();
    }
    if (left.length === 0) return;
    this.#databaseBytes += left.length;
    if (this.#databaseBytes > Math.min(this.#done?.size ?? 0, this.#most.databaseBytes))
      throw new Error('it said too much');
    this.#database.push(left.slice());
  }

  #line(): void {
    const text = this.#rest;
    this.#rest = '';
    this.#lines += 1;
    if (this.#lines > this.#most.lines) throw new Error('it said too much');
    const line: Line = LineSchema.parse(JSON.parse(text));
    if ('columns' in line) this.#columns = line.columns;
    else if ('row' in line) this.#rows.push(line.row);
    else if ('end' in line) {
      this.#results.push({ columns: this.#columns ?? [], rows: this.#rows, ...line.end });
      this.#columns = undefined;
      this.#rows = [];
    } else if ('done' in line) this.#done = line.done;
    else this.#error = line.error;
  }

  /** What it came to. Throws `ToolFailure` with what SQLite said; undefined where it did not come to its end. */
  answer(mode: 'read' | 'write', statements: number): SqliteAnswer | undefined {
    if (this.#error !== undefined)
      throw new ToolFailure(`SQLite: ${visibleLine(this.#error.slice(0, MOST_ERROR))}. Nothing was changed`);
    const done = this.#done;
    if (!done || this.#results.length !== statements || this.#databaseBytes !== done.size) return undefined;
    const answer = { results: this.#results, touches: done.touches };
    return mode === 'read' ? answer : { ...answer, database: new Uint8Array(Buffer.concat(this.#database)) };
  }
}
