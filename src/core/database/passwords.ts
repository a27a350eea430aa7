import type { DatabaseConnection } from './connection.ts';

/** The password of a connection, from where a person keeps it; undefined where nobody has kept one. */
export type DatabasePasswords = (connection: DatabaseConnection) => Promise<string | undefined>;
