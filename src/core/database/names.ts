import type { Database } from '../../shared/action.ts';
import type { Scope } from '../scope/scope.ts';

/** A database as people say it: a file by its path, another one by the name of its connection. */
export function databaseName(database: Database, shown: (path: string) => string): string {
  return database.engine === 'sqlite' ? shown(database.path) : database.connection;
}

/** Whether two actions are about the same database. */
export function isSameDatabase(one: Database, other: Database): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Where what a database gave came from, as the record of what leaves names it (docs/audit.md). */
export function contentOfDatabase(database: Database): string[] {
  return database.engine === 'sqlite' ? [database.path] : [];
}

/** Whether what is in a database is the person's own content. */
export function isOwnDatabase(database: Database, scope: Scope): boolean {
  return database.engine === 'sqlite' && scope.isOwn(database.path);
}
