import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { workbench, type Workbench, type WorkbenchOptions } from './workbench.ts';
import type { PostgresServer } from './postgresServer.ts';

export const PASSWORDS = {
  reader: 'pw-of-the-reader-77aa',
  writer: 'pw-of-the-writer-31bd',
  boss: 'pw-of-the-boss-1c8e',
};

/** Two tables, a sequence, functions that would do harm, and two roles as a careful person makes them. */
export const SHOP = `
create table people (id serial primary key, name text, age int);
insert into people (name, age) values ('Ada', 36), ('Grace', 85), ('Linus', 54);
create table hits (n int);
insert into hits values (0);
create function grow() returns int language plpgsql volatile as $$ begin update people set age = age + 1; return 1; end $$;
create function free() returns int language plpgsql as $$ begin
  perform set_config('transaction_read_only', 'off', true); update people set age = 0; return 1; end $$;
create role reader login password '${PASSWORDS.reader}';
create role owner_of_shop;
create role writer login password '${PASSWORDS.writer}';
grant pg_read_all_data to reader;
grant select, insert, update, delete on people, hits to writer;
grant usage on sequence people_id_seq to writer, reader;
alter function grow() owner to owner_of_shop;
grant all on people to owner_of_shop;
create function by_owner() returns int language plpgsql security definer as $$ begin
  update people set age = 1; return 1; end $$;
alter function by_owner() owner to owner_of_shop;
grant create on schema public to owner_of_shop;
`;

/** All that could have changed, as the superuser sees it. */
export const STAND = `
select (select json_agg(p order by id) from people p) people, (select json_agg(h) from hits h) hits,
  (select json_build_array(last_value, is_called) from people_id_seq) sequence,
  (select count(*) from pg_class) relations, (select count(*) from pg_proc) functions, (select count(*) from pg_roles) roles,
  (select count(*) from pg_largeobject_metadata) blobs, (select count(*) from pg_db_role_setting) settings,
  (select count(*) from pg_locks where locktype = 'advisory') locks,
  (select count(*) from pg_stat_activity where application_name = 'oversign') sessions`;

export interface PostgresWorld extends Workbench {
  query(database: string, statement: string, more?: object): Promise<Told>;
  change(database: string, statements: string[]): Promise<Told>;
}
interface Told {
  text: string;
  events: AuditRecord[];
}

/** How a policy names the connections of the test's server. */
export function connectionsTo(port: number, more = ''): string {
  const one = (user: string, access: string): string =>
    `    - {name: ${user}, host: 127.0.0.1, port: ${port}, database: postgres, user: ${user}, tls: off, access: ${access}, password_variable: PW_${user.toUpperCase()}}\n`;
  return `database:\n  connections:\n${one('reader', 'read')}${one('writer', 'write')}${one('boss', 'write')}${more}`;
}

/** A real engine whose policy names connections to a real server. */
export async function postgresWorld(
  server: Pick<PostgresServer, 'port'>,
  options: WorkbenchOptions & { connections?: string } = {},
): Promise<PostgresWorld> {
  const { connections = connectionsTo(server.port), userPolicy = '', environment, ...others } = options;
  const world = await workbench({
    answer: () => ({ choice: 'approve' }),
    userPolicy: `${connections}${userPolicy}`,
    environment: {
      ...{ PW_READER: PASSWORDS.reader, PW_WRITER: PASSWORDS.writer, PW_BOSS: PASSWORDS.boss },
      ...environment,
    },
    ...others,
  });
  const call = async (name: string, args: object): Promise<Told> => {
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
    query: (database, statement, more) => call('query_database', { database, statement, ...more }),
    change: (database, statements) => call('change_database', { database, statements }),
  };
}
