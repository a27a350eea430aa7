import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectionOf } from '../../src/core/database/connection.ts';
import { misfit } from '../../src/core/database/statementKind.ts';
import type { PostgresJob } from '../../src/core/database/postgres.ts';
import { PostgresServers } from '../../src/node/database/postgresServer.ts';
import { POSTGRES_ATTACKS } from '../support/postgresAttacks.ts';
import { postgresServer, type PostgresServer } from '../support/postgresServer.ts';
import { PASSWORDS, postgresWorld, SHOP, STAND } from '../support/postgresWorld.ts';
import { outcomes } from '../support/workbench.ts';

let server: PostgresServer;
let before: unknown;

beforeAll(async () => {
  server = await postgresServer();
  await server.sql(SHOP);
  before = await stand();
}, 60_000);
afterAll(() => server.close());

/** How it stands once the sessions of Oversign's are over. */
async function stand(): Promise<unknown> {
  for (let tries = 0; ; tries += 1) {
    const [found] = (await server.sql(STAND)) as [{ sessions: string }];
    if (found.sessions === '0' || tries > 100) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const CAPS = { rows: 20, characters: 10_000 };

/** A job as the tool sends it, past what it refuses by its words. */
function sent(statements: string[], more: Partial<PostgresJob> & { user?: keyof typeof PASSWORDS } = {}) {
  const { user = 'reader', ...job } = more;
  const connection = connectionOf({
    ...{ name: user, host: '127.0.0.1', port: server.port, database: 'postgres', user, tls: 'off' },
  });
  return new PostgresServers().ask(
    { connection, password: PASSWORDS[user], mode: 'read', statements, caps: CAPS, seconds: 4, ...job },
    {
      judge: () => undefined,
      permit: () => Promise.resolve({ received: () => undefined, endedBy: () => Promise.resolve(undefined) }),
      signal: new AbortController().signal,
    },
  );
}

test('there are more than forty', () => {
  expect(Object.keys(POSTGRES_ATTACKS).length).toBeGreaterThan(40);
});

describe.each(['reader', 'writer'] as const)('as %s', (user) => {
  test(
    'what the server holds: nothing changes by any of them, though none is refused by its words',
    { timeout: 120_000 },
    async () => {
      for (const [name, statement] of Object.entries(POSTGRES_ATTACKS)) {
        await sent([statement], { user }).catch(() => undefined);
        expect.soft(await stand(), name).toEqual(before);
      }
      expect(existsSync('/tmp/pwned')).toBe(false);
    },
  );
});

test('as the tool: what its words do not refuse, the server does', { timeout: 60_000 }, async () => {
  const world = await postgresWorld(server);
  const sending = Object.entries(POSTGRES_ATTACKS).filter(([, statement]) => misfit(statement, 'read') === undefined);
  expect(sending.length).toBeGreaterThan(10);
  for (const [name, statement] of sending) {
    const { events, text } = await world.query('writer', statement);
    if (name !== 'rows locked') expect.soft(outcomes(events)[0], `${name} ${text}`).toMatch(/^failed/);
    expect.soft(await stand(), name).toEqual(before);
  }
  // And of the others nothing is sent.
  const { events, text } = await world.query('writer', 'do $$ begin update people set age = 0; end $$');
  expect(text).toContain('no question that only reads');
  expect(events.filter(({ type }) => type === 'egress')).toEqual([]);
});

test('the controls: what only reads is answered, and a writer writes when it is asked to', async () => {
  const world = await postgresWorld(server);
  for (const [statement, holds] of [
    ['select name from people where age > 50 order by 1', 'Grace'],
    ['with x as (select max(age) m from people) select m from x', '85'],
    ['(select 1) union all (select 41 + 1)', '42'],
    ['-- why\n/* not /* nested */ */ select 7 * 6', '42'],
    ['explain select * from people', 'Seq Scan'],
    ['values (1, null)', 'NULL'],
    ['table hits', '0'],
    ['show server_version', '.'],
    [`select '{"a": [1]}'::jsonb, now() is not null, array[1,2], '\\x00ff'::bytea`, '{1,2}'],
  ] as const) {
    const { events, text } = await world.query('reader', statement);
    expect.soft(outcomes(events), `${statement} ${text}`).toEqual(['done']);
    expect.soft(text, statement).toContain(holds);
  }
  expect(await stand()).toEqual(before);
});

describe('what takes too long or too much', () => {
  test.each([
    ['sleep', 'select pg_sleep(600)'],
    ['rows without end that are counted', 'select count(*) from generate_series(1, 1000000000000)'],
    ['a lock that another one holds', 'select * from people'],
  ])('%s ends at its limit, and no session is left', { timeout: 30_000 }, async (name, statement) => {
    if (name.startsWith('a lock'))
      void server.sql('begin; lock table people in access exclusive mode; select pg_sleep(3); rollback');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const began = performance.now();
    await expect(sent([statement], { seconds: 1.5 })).rejects.toThrow(/57014|55P03|longer/);
    expect(performance.now() - began).toBeLessThan(6000);
    expect(await stand()).toEqual(before);
  });

  test('a value of hundreds of megabytes ends the connection early, and takes no such memory', async () => {
    const memory = process.memoryUsage().rss;
    await expect(sent([`select repeat('x', 300000000)`])).rejects.toThrow(/MB came/);
    expect(process.memoryUsage().rss - memory).toBeLessThan(150 * 1024 ** 2);
    expect(await stand()).toEqual(before);
  });

  test('of rows without end as many are taken as are wanted', async () => {
    const { results } = await sent(['select generate_series(1, 1000000000)']);
    expect(results[0]).toMatchObject({ more: true, changed: 0 });
    expect(results[0]?.rows.length).toBe(20);
  });

  test('Stop ends it at once', async () => {
    const world = await postgresWorld(server);
    const stopping = world.query('reader', 'select pg_sleep(60)');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const began = performance.now();
    await world.engine.stop('the person stopped it');
    await stopping;
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe('roles that reach beyond their database', () => {
  const refused = async (make: string, says: RegExp, unmake: string): Promise<void> => {
    await expect(sent(['select 1'])).resolves.toBeDefined(); // the control
    await server.sql(make);
    try {
      await expect(sent(['select 1'])).rejects.toThrow(says);
    } finally {
      await server.sql(unmake);
    }
  };

  test('a superuser', async () => {
    await expect(sent(['select 1'], { user: 'boss' })).rejects.toThrow(/superuser/);
  });

  test.each([
    ['a member of one', 'grant boss to reader', /superuser/, 'revoke boss from reader'],
    [
      'programs',
      'grant pg_execute_server_program to reader',
      /files, programs/,
      'revoke pg_execute_server_program from reader',
    ],
    ['files', 'grant pg_read_server_files to reader', /files, programs/, 'revoke pg_read_server_files from reader'],
    [
      'writing files',
      'grant pg_write_server_files to reader',
      /files, programs/,
      'revoke pg_write_server_files from reader',
    ],
    ['sessions', 'grant pg_signal_backend to reader', /sessions/, 'revoke pg_signal_backend from reader'],
    ['replication', 'alter role reader replication', /replicate/, 'alter role reader noreplication'],
    [
      'a function that reads files',
      'grant execute on function pg_read_file(text) to reader',
      /functions that reach files/,
      'revoke execute on function pg_read_file(text) from reader',
    ],
    ['dblink', 'create extension dblink', /extensions that reach elsewhere \(dblink/, 'drop extension dblink'],
    [
      'a function of a superuser',
      `create function up() returns int security definer language sql as 'select 1'`,
      /run as a superuser \(up/,
      'drop function up()',
    ],
    [
      'another server',
      `create extension postgres_fdw; create server far foreign data wrapper postgres_fdw; grant usage on foreign server far to reader`,
      /other servers \(far/,
      'drop extension postgres_fdw cascade',
    ],
    [
      'a table of another server',
      `create extension file_fdw; create server files foreign data wrapper file_fdw; create foreign table passwd (t text) server files options (filename '/etc/passwd')`,
      /tables of other servers \(passwd/,
      'drop extension file_fdw cascade',
    ],
  ])('%s', async (_name, make, says, unmake) => refused(make, says, unmake));

  test('names that stand before the server’s own change nothing of that look', async () => {
    await server.sql(
      `create schema reader authorization reader; create view reader.pg_roles as select 'x'::name rolname, false rolsuper, 0::oid oid;
       create function reader.pg_has_role(name, oid, text) returns boolean language sql as 'select false';
       alter role reader set search_path = reader, pg_catalog; grant pg_read_server_files to reader`,
    );
    try {
      await expect(sent(['select 1'])).rejects.toThrow(/files, programs/);
    } finally {
      await server.sql(
        'revoke pg_read_server_files from reader; alter role reader reset search_path; drop schema reader cascade',
      );
    }
  });
});
