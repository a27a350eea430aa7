import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { workbench, type Workbench, type WorkbenchOptions } from './workbench.ts';

export const PEOPLE = `
create table people (id integer primary key, name text, age int);
insert into people (name, age) values ('Ada', 36), ('Grace', 85), ('Linus', 54);
create table hits (n int);
insert into hits values (0);
create view grown as select * from people where age > 50;
create trigger counts after update on people begin update hits set n = n + 1; end;
`;

/** Makes a real database file; it is closed when this returns. */
export function makeDatabase(path: string, sql = PEOPLE): string {
  mkdirSync(dirname(path), { recursive: true });
  using database = new DatabaseSync(path);
  database.exec(sql);
  return path;
}

/** What a database says, read past everything of Oversign's. */
export function ask(path: string, sql: string): unknown[] {
  using database = new DatabaseSync(path, { readOnly: true });
  return database.prepare(sql).all();
}

export interface SqliteWorld extends Workbench {
  /** `app.db` in the workspace. */
  path: string;
  /** One call of `query_database`; what the model is told of it, and the events. */
  query(statement: string, more?: object): Promise<{ text: string; events: AuditRecord[] }>;
  change(statements: string[], more?: object): Promise<{ text: string; events: AuditRecord[] }>;
}

/** A real engine over a workspace with a database in it. */
export async function sqliteWorld(options: WorkbenchOptions & { sql?: string } = {}): Promise<SqliteWorld> {
  const world = await workbench({ answer: () => ({ choice: 'approve' }), ...options });
  const path = makeDatabase(join(world.folder, 'app.db'), options.sql);
  const call = async (name: string, args: object): Promise<{ text: string; events: AuditRecord[] }> => {
    let text = '';
    const events = await world.run((request, turn) => {
      if (turn === 0) return { calls: [{ name, args }] };
      text = JSON.stringify(request.messages.at(-1));
      return {};
    });
    return { text, events };
  };
  return {
    ...world,
    path,
    query: (statement, more) => call('query_database', { database: 'app.db', statement, ...more }),
    change: (statements, more) => call('change_database', { database: 'app.db', statements, ...more }),
  };
}
