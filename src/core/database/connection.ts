import type { Database } from '../../shared/action.ts';
import { hostOf } from '../egress/hostName.ts';

/** A PostgreSQL database that a policy names, all of it said. */
export interface DatabaseConnection {
  name: string;
  /** In the one spelling of hosts (`src/core/egress/hostName.ts`). */
  host: string;
  port: number;
  database: string;
  user: string;
  /** The environment variable that holds the password; empty where none is named. */
  passwordVariable: string;
  tls: 'verify' | 'off';
  access: 'read' | 'write';
}

type Named = Pick<DatabaseConnection, 'name' | 'host' | 'database' | 'user'>;

/** A connection with what nobody said as it usually is. */
export function connectionOf(
  said: Named & { [Key in keyof DatabaseConnection]?: DatabaseConnection[Key] | undefined },
): DatabaseConnection {
  const { name, host, database, user, port = 5432, passwordVariable = '', tls = 'verify', access = 'read' } = said;
  return { ...{ name, host: hostOf(host)?.name ?? host, port, database, user }, ...{ passwordVariable, tls, access } };
}

/** The same as an action has it. */
export function databaseAt({
  name,
  host,
  port,
  database,
  user,
  tls,
}: DatabaseConnection): Extract<Database, { engine: 'postgresql' }> {
  return { engine: 'postgresql', connection: name, host, port, database, user, tls: tls === 'verify' };
}
