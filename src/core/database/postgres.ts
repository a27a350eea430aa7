import type { SendingUnder } from '../egress/http.ts';
import type { DatabaseConnection } from './connection.ts';
import type { RowCaps, StatementResult } from './rows.ts';

/** What is asked of a PostgreSQL server, in a session of its own. */
export interface PostgresJob {
  connection: DatabaseConnection;
  /** Undefined where nobody has kept one. */
  password: string | undefined;
  /** `read`: in a transaction that is read-only. `trial`: it is counted, and taken back. */
  mode: 'read' | 'write' | 'trial';
  statements: readonly string[];
  caps: RowCaps;
  seconds: number;
  /** Of a write that was tried before: how many rows each statement has to change, or all is taken back. */
  expected?: readonly number[];
}

export interface PostgresAnswer {
  results: readonly StatementResult[];
  /** Of a trial: how many rows the server thinks that each statement is about; null where it does not say. */
  estimates: readonly (number | null)[];
  address: string;
  /** Bytes that came. */
  received: number;
}

/**
 * PostgreSQL over the egress door: one session for each job, to the address that was judged. What the role may do is
 * looked at first, and one that reaches beyond its database is refused. Each statement goes by itself, in the extended
 * protocol, which takes one alone. What the statements do wrong, and what the limits end, is a `ToolFailure`.
 */
export interface PostgresPort {
  ask(job: PostgresJob, under: SendingUnder): Promise<PostgresAnswer>;
}
