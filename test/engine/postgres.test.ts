import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connectionOf } from '../../src/core/database/connection.ts';
import { ToolFailure } from '../../src/core/outcome.ts';
import { PostgresServers } from '../../src/node/database/postgresServer.ts';
import { plant } from '../support/tree.ts';
import { postgresServer, type PostgresServer } from '../support/postgresServer.ts';
import { connectionsTo, PASSWORDS, postgresWorld, SHOP } from '../support/postgresWorld.ts';
import { outcomes } from '../support/workbench.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await postgresServer();
  await server.sql(SHOP);
}, 60_000);
afterAll(() => server.close());

const OLDER = 'update people set age = age + 1 where age > 40';
const ages = (): Promise<unknown[]> => server.sql('select age from people order by id');

/** What a job is sent under past the gate. */
const UNDER = {
  judge: () => undefined,
  permit: () => Promise.resolve({ received: () => undefined, endedBy: () => Promise.resolve(undefined) }),
  signal: new AbortController().signal,
};

/** A server that is none. */
async function tcpServer(talk: (socket: Socket) => void): Promise<{ port: number }> {
  const listening = createServer(talk);
  await new Promise<void>((resolve) => {
    listening.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    listening.close();
  });
  return { port: (listening.address() as AddressInfo).port };
}

describe('a question', () => {
  test('asks with statement, host and where the answer goes; leaves its record; the password is nowhere', async () => {
    const world = await postgresWorld(server);
    const { text, events } = await world.query('reader', 'select name, age from people order by id');
    expect(outcomes(events)).toEqual(['done']);
    expect(text).toContain('| Grace | 85  |');
    expect(text).toContain('untrusted data');
    const [approval] = world.asked;
    expect(approval).toMatchObject({
      tool: 'query_database',
      title: 'Ask reader: select name, age from people order by id',
    });
    const card = JSON.stringify(approval?.card);
    for (const part of ['127.0.0.1', 'no: your policy says tls: off', 'would go to the model. nowhere', 'select name'])
      expect(card).toContain(part);
    expect(events.filter(({ type }) => type === 'egress').map(({ data }) => data)).toEqual([
      {
        ...{ purpose: 'statement to a database', origin: `postgresql://127.0.0.1:${server.port}`, method: 'READ' },
        ...{ bytes: 40, address: '127.0.0.1' },
      },
    ]);
    expect(events.filter(({ type }) => type === 'flags').at(-1)?.data).toMatchObject({
      private: true,
      untrusted: true,
    });
    expect(JSON.stringify([events, world.asked, text])).not.toContain(PASSWORDS.reader);
  });

  test('lists tables with their columns', async () => {
    const world = await postgresWorld(server);
    let text = '';
    const events = await world.run((request, turn) => {
      if (turn === 0) return { calls: [{ name: 'list_schema', args: { database: 'reader' } }] };
      text = JSON.stringify(request.messages.at(-1));
      return {};
    });
    expect(outcomes(events)).toEqual(['done']);
    expect(text).toContain('id integer not null, name text, age integer');
  });

  test('masks the password where a reply echoes it', async () => {
    const world = await postgresWorld(server);
    const { text } = await world.query('reader', `select 'pw-of-the-reader' || '-77aa' as echo`);
    expect(text).toContain('[redacted:password of reader]');
    expect(text).not.toContain(PASSWORDS.reader);
  });

  test('one approval may cover this connection for the run, and no other', async () => {
    const world = await postgresWorld(server, {
      answer: (approval) => ({
        choice: 'approve-and-grant',
        grant: { offer: approval.grantOffers[0]?.id ?? '', until: { kind: 'run' } },
      }),
    });
    const call = (database: string, statement: string) => ({
      calls: [{ name: 'query_database', args: { database, statement } }],
    });
    await world.run([call('reader', 'select 1'), call('reader', 'select 2'), call('writer', 'select 3')]);
    expect(world.asked.map(({ title }) => title)).toEqual(['Ask reader: select 1', 'Ask writer: select 3']);
  });

  test('no rule about the tool answers it', async () => {
    const world = await postgresWorld(server, {
      userPolicy: 'rules:\n  - tools: [query_database]\n    decision: allow\n    why: mine\n',
    });
    await world.query('reader', 'select 1');
    expect(world.asked.length).toBe(1);
  });
});

describe('where it goes', () => {
  test('a workspace names no connection, and a denied host is denied', async () => {
    const world = await postgresWorld(server, { connections: '' });
    await plant(world.folder, { '.oversign/policy.yaml': connectionsTo(server.port) });
    const { events } = await world.query('reader', 'select 1');
    expect(outcomes(events)[0]).toMatch(/^failed/); // it is a file that is not there
    const denied = await postgresWorld(server, { userPolicy: 'denied_domains: ["127.0.0.1"]\n' });
    expect(outcomes((await denied.query('reader', 'select 1')).events)).toEqual(['denied:denied_domains']);
    const narrowed = await postgresWorld(server);
    await plant(narrowed.folder, { '.oversign/policy.yaml': 'database:\n  connections: []\n' });
    expect(outcomes((await narrowed.query('reader', 'select 1')).events)[0]).toMatch(/^failed/);
  });

  test('a name is looked up once, after approval, and may not lead to this machine', async () => {
    const looked: string[] = [];
    const world = await postgresWorld(server, {
      connections: connectionsTo(server.port).replaceAll('127.0.0.1', 'db.test'),
      lookUp: (name) => {
        looked.push(name);
        return Promise.resolve(['127.0.0.1']);
      },
    });
    const { events, text } = await world.query('reader', 'select 1');
    expect(outcomes(events)).toEqual(['denied']);
    expect(text).toContain('this machine itself');
    expect(looked).toEqual(['db.test']);
    expect(events.filter(({ type }) => type === 'egress')).toEqual([]);
  });

  test('a server without encryption gets nothing where it is wanted: neither password nor statement', async () => {
    const world = await postgresWorld(server, {
      connections: connectionsTo(server.port).replaceAll('tls: off', 'tls: verify'),
    });
    const { events, text } = await world.query('reader', 'select 1');
    expect(outcomes(events)).toEqual(['failed']);
    expect(text).toContain('does not support SSL');
  });

  test('a wrong password says how to set one, and not what it was', async () => {
    const world = await postgresWorld(server, { environment: { PW_READER: 'wrong-password-5511' } });
    const { events, text } = await world.query('reader', 'select 1');
    expect(outcomes(events)).toEqual(['failed']);
    expect(text).toContain('Set Database Password');
    expect(JSON.stringify(events) + text).not.toContain('wrong-password-5511');
  });

  test('a server that says what none should is left, and this process lives', { timeout: 60_000 }, async () => {
    const packet = (type: string, body: string): string =>
      type + String.fromCharCode(0, 0, (body.length + 4) >> 8, (body.length + 4) & 255) + body;
    const ok = packet('R', '\0\0\0\0');
    const says: Record<string, string> = {
      nothing: '',
      HTTP: 'HTTP/1.1 200 OK\r\n\r\nhello',
      'a flood': 'N'.repeat(20 * 1024 ** 2),
      'an unknown way in': packet('R', '\0\0\0\x63'),
      'a length of nothing': 'R\0\0\0\0',
      'a length of gigabytes': 'D\x7f\xff\xff\xff',
      'an unknown message': packet('\x07', 'xx'),
      'rows of no question': ok + packet('D', '\0\x01\0\0\0\x01x'),
      'rows that end early': ok + packet('D', '\x7f\xff\0\0'),
      'columns that end early': ok + packet('T', '\x7f\xff'),
      copying: ok + packet('G', '\0\0\x7f'),
      'ready, and then nonsense':
        ok + packet('Z', 'I') + packet('2', '') + packet('n', '') + packet('C', '') + packet('\xff', ''),
      'an error without an end': ok + packet('E', 'SFATAL'),
      'notices without end': ok + packet('N', 'Snotice\0\0').repeat(200_000),
    };
    const asked = Object.entries(says).map(async ([name, bytes]) => {
      const { port } = await tcpServer((socket) => {
        socket.on('error', () => undefined);
        socket.write(bytes, 'latin1');
      });
      const connection = connectionOf({
        ...{ name: 'strange', host: '127.0.0.1', port, database: 'postgres', user: 'reader', tls: 'off' },
      });
      const job = {
        connection,
        password: PASSWORDS.reader,
        mode: 'read',
        statements: ['select 1'],
        seconds: 1,
      } as const;
      const outcome = await new PostgresServers().ask({ ...job, caps: { rows: 10, characters: 1000 } }, UNDER).then(
        () => 'answered',
        (error: unknown) => (error instanceof ToolFailure ? 'failed' : String(error)),
      );
      expect.soft(outcome, name).toBe('failed');
    });
    await Promise.all(asked);
    const closing = await tcpServer((socket) => socket.destroy());
    const world = await postgresWorld(closing);
    expect(outcomes((await world.query('reader', 'select 1')).events)).toEqual(['failed']);
  });
});

describe('a change', () => {
  test('asks each time, is committed, and says that it cannot be undone', async () => {
    const world = await postgresWorld(server);
    const before = await ages();
    const { text, events } = await world.change('writer', [OLDER, `insert into hits values (7) returning n`]);
    expect(outcomes(events)).toEqual(['done']);
    expect(text).toContain('3 rows changed');
    expect(await ages()).not.toEqual(before);
    expect(world.asked[0]).toMatchObject({ undoState: 'none', decision: { rule: 'database-write' }, grantOffers: [] });
    expect(JSON.stringify(world.asked[0]?.card)).toContain(OLDER);
    expect(events.filter(({ type }) => type === 'flags').at(-1)?.data).toMatchObject({ outward: true });
  });

  test('is counted in a transaction first where that is asked, and taken back before anyone answers', async () => {
    const seen: unknown[] = [];
    const world = await postgresWorld(server, {
      answer: ({ effects }) => ({ choice: effects?.state === 'shown' ? 'deny' : 'show-effects' }),
    });
    const before = await ages();
    const { events } = await world.change('writer', [OLDER]);
    seen.push(await ages());
    expect(seen).toEqual([before]);
    const card = JSON.stringify(world.asked.at(-1)?.card);
    expect(card).toContain('2 rows changed; the server had thought of');
    expect(events.filter(({ type }) => type === 'egress').length).toBe(1);
    expect(outcomes(events)).toContain('denied:person');
  });

  test('is applied exactly as often as it was shown: else all of it is taken back', async () => {
    const before = await ages();
    const connection = connectionOf({
      ...{ name: 'writer', host: '127.0.0.1', port: server.port, database: 'postgres', user: 'writer', tls: 'off' },
      access: 'write',
    });
    const job = { connection, password: PASSWORDS.writer, mode: 'write', statements: [OLDER], seconds: 5 } as const;
    const caps = { rows: 10, characters: 1000 };
    await expect(new PostgresServers().ask({ ...job, caps, expected: [3] }, UNDER)).rejects.toThrow(
      'would change 2 rows now, and not 3 as was shown',
    );
    expect(await ages()).toEqual(before);
    const world = await postgresWorld(server, {
      answer: ({ effects }) => ({ choice: effects?.state === 'shown' ? 'apply' : 'show-effects' }),
    });
    const { events } = await world.change('writer', [OLDER]); // the control
    expect(outcomes(events)).toEqual(['done', 'done']);
    expect(await ages()).not.toEqual(before);
  });

  test('is refused where the connection is for reading', async () => {
    const world = await postgresWorld(server);
    const before = await ages();
    const { events, text } = await world.change('reader', [OLDER]);
    expect(outcomes(events)[0]).toMatch(/^failed/);
    expect(text).toContain('may only be read');
    expect(await ages()).toEqual(before);
  });

  test('is all or nothing, and no more than changes: what reaches beyond is refused', async () => {
    const world = await postgresWorld(server, { userPolicy: 'tools:\n  code_execution:\n    timeout: 3\n' });
    const before = await ages();
    for (const statements of [
      [OLDER, 'insert into nobody values (1)'],
      [OLDER, 'commit', OLDER],
      [OLDER, 'rollback'],
      ['update people set age = 0; update people set age = 1'],
      [`copy people to program 'id'`],
      ['do $$ begin update people set age = 0; end $$'],
      ["create function f() returns int language sql as 'select 1'"],
      ['create role eve'],
      ['alter system set fsync = off'],
      ['grant all on people to public'],
      ['set session authorization boss'],
      ['select grow()'],
      ['vacuum people'],
      ['create extension dblink'],
      ['drop role reader'],
      ['insert into hits select pg_sleep(60)::text::int'],
    ]) {
      const { events } = await world.change('writer', statements);
      expect.soft(outcomes(events)[0], statements.join('; ')).toMatch(/^failed/);
      expect.soft(await ages(), statements.join('; ')).toEqual(before);
    }
  }, 90_000);
});
