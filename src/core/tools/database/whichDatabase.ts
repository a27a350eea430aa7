import type { Database, PreImage, Resource } from '../../../shared/action.ts';
import { databaseAt, type DatabaseConnection } from '../../database/connection.ts';
import { isSameDatabase } from '../../database/names.ts';
import { BESIDE } from '../../database/sqlite.ts';
import { ToolFailure } from '../../outcome.ts';
import { A_MASK } from '../../redaction/placeholder.ts';
import type { Look } from '../../scope/files.ts';
import type { ToolPorts } from '../ports.ts';
import type { CallContext } from '../tool.ts';

/** How long a statement may be, in characters. */
export const MOST_STATEMENT = 20_000;
export const DATABASE_HELP =
  'A SQLite file, relative to the workspace folder; or the name of a connection that the policy has (PostgreSQL)';

/** The connection of that name; undefined where a file is meant. */
export function connectionNamed(name: string, { policy }: Pick<CallContext, 'policy'>): DatabaseConnection | undefined {
  return policy.connections.value.find((one) => one.name === name);
}

/** The connection that an action is about, as the policy has it now. @throws ToolFailure where that is another one. */
export function connectionOfAction(database: Database, context: Pick<CallContext, 'policy'>): DatabaseConnection {
  const connection = database.engine === 'postgresql' ? connectionNamed(database.connection, context) : undefined;
  if (!connection || !isSameDatabase(databaseAt(connection), database))
    throw new ToolFailure('the policy has no such connection any more, or it leads elsewhere');
  return connection;
}

/** A SQLite file as it stands, and what of it stands beside it. */
export interface SqlitePlace {
  path: string;
  kind: Look['kind'];
  shown: string;
  /** The files beside it that are there: a rule about one of them is about the database. */
  beside: readonly Look[];
}

/** The SQLite file that a call means. Of links, what they lead to: beside that SQLite keeps the rest. @throws ToolFailure */
export async function sqlitePlace(
  spelling: string,
  { files, scope }: Pick<CallContext, 'files' | 'scope'>,
  { folder }: Pick<ToolPorts, 'folder'>,
): Promise<SqlitePlace> {
  const onDisk = files.onDisk();
  const { path, kind } = await onDisk.look(scope.meant(spelling), folder, 'followed');
  const shown = scope.shown(path);
  if (kind !== 'file' && kind !== 'absent') throw new ToolFailure(`${shown} is no file, so it is no SQLite database`);
  const beside: Look[] = [];
  for (const suffix of BESIDE) {
    const look = await onDisk.look(path + suffix, folder, 'itself');
    if (look.kind === 'absent') continue;
    if (look.kind !== 'file') throw new ToolFailure(`${shown}${suffix} is no file: this database is not touched`);
    beside.push(look);
  }
  return { path, kind, shown, beside };
}

/** What a call about a place touches. */
export function touchedAt({ path, beside }: SqlitePlace, access: readonly Resource['access'][]): Resource[] {
  return [
    ...access.map((one) => ({ path, access: one })),
    ...beside.map((one) => ({ path: one.path, access: 'read' as const })),
  ];
}

/** Refuses a statement that is not what it looks like. @throws ToolFailure */
export function refuseStatement(text: string): void {
  if (text.search(A_MASK) !== -1)
    throw new ToolFailure('it holds a mask that stands for a secret; the secret itself is not sent to a database');
  if (text.includes('\0')) throw new ToolFailure('a statement holds no NUL character');
  if (text.replace(/[\s;]+/g, '') === '') throw new ToolFailure('the statement is empty');
}

/** How a file stands, for whether it is the same afterwards. */
export function standText({ kind, digest = '', size = 0 }: PreImage): string {
  return `${kind} ${digest} ${size}`;
}
