/** A value as a database gave it, in words: a text, a number, or bytes as `x'00ff'`; of a long one the head. */
export type Cell = string | null | { head: string; length: number };

/** What one statement gave, and what it changed. */
export interface StatementResult {
  /** None where the statement gives no rows. */
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
  /** There are more rows than these. */
  more: boolean;
  /** Rows that it changed itself; of one that only reads it is 0. */
  changed: number;
  /** Rows that triggers and references changed because of it. */
  alsoChanged: number;
}

/** How much of a result is taken. */
export interface RowCaps {
  rows: number;
  /** Characters of all cells together. */
  characters: number;
}
