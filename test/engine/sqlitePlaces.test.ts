import { execFileSync } from 'node:child_process';
import { copyFileSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeDatabase, sqliteWorld } from '../support/sqliteWorld.ts';
import { outcomes } from '../support/workbench.ts';

const TOKEN = 'tok-91f2c3d4e5f6a7b8';
const SECRET = `create table t (a); insert into t values ('${TOKEN}')`;
const ALL = 'select * from t';

/** Keeps a database open, with changes that are only in its `-wal`. */
function inWal(path: string, sql: string): DatabaseSync {
  const database = new DatabaseSync(path);
  onTestFinished(() => {
    database.close();
  });
  database.exec(`pragma journal_mode = wal; pragma wal_autocheckpoint = 0; ${sql}`);
  return database;
}

describe('what is denied stays so under every name', () => {
  const DENIED = 'tools:\n  file_system:\n    denied_paths: ["private.db", "vault/**", "app.db-wal"]\n';

  test('a denied file, links to it and links beside a database', async () => {
    const world = await sqliteWorld({ userPolicy: DENIED });
    makeDatabase(join(world.folder, 'private.db'), SECRET);
    makeDatabase(join(world.folder, 'vault/deep.db'), SECRET);
    symlinkSync('private.db', join(world.folder, 'soft.db'));
    linkSync(join(world.folder, 'private.db'), join(world.folder, 'hard.db'));
    symlinkSync('vault', join(world.folder, 'open'));
    const spellings = [
      ...['private.db', './private.db', 'x/../private.db', 'PRIVATE.db/../private.db', 'vault/deep.db'],
      ...['soft.db', 'hard.db', 'open/deep.db', join(world.folder, 'private.db'), 'file:private.db?mode=ro'],
    ];
    for (const database of spellings) {
      const { text, events } = await world.query(ALL, { database });
      expect(outcomes(events)[0], database).toMatch(/^(denied|failed)/);
      expect(text, database).not.toContain(TOKEN);
      expect(JSON.stringify(events), database).not.toContain(TOKEN);
    }
    expect(world.asked).toEqual([]);
  });

  test('a database whose -wal is denied is denied', async () => {
    const world = await sqliteWorld({ userPolicy: DENIED });
    inWal(world.path, 'insert into hits values (9)');
    inWal(makeDatabase(join(world.folder, 'b.db')), 'insert into hits values (9)');
    expect(outcomes((await world.query('select n from hits')).events)[0]).toMatch(/^denied/);
    expect(outcomes((await world.query('select n from hits', { database: 'b.db' })).events)).toEqual(['done']);
  });

  test('files outside the workspace, and what Oversign keeps', async () => {
    const world = await sqliteWorld();
    const outside = makeDatabase(join(world.home, 'mail.db'), SECRET);
    symlinkSync(outside, join(world.folder, 'link.db'));
    for (const database of [outside, '../home/mail.db', 'link.db', join(world.data, 'audit.db'), '/etc/passwd']) {
      const { text, events } = await world.query(ALL, { database });
      expect(outcomes(events)[0], database).toMatch(/^(denied|failed)/);
      expect(text).not.toContain(TOKEN);
    }
  });

  test('what lies beside a database must be its own: a link or a folder there is refused', async () => {
    const world = await sqliteWorld();
    const outside = join(world.home, 'secret-wal');
    writeFileSync(outside, TOKEN);
    symlinkSync(outside, `${world.path}-wal`);
    const linked = await world.query('select 1');
    expect(outcomes(linked.events)[0]).toMatch(/^failed|^denied/);
    expect(linked.text).toMatch(/is no file/);
    const other = makeDatabase(join(world.folder, 'b.db'), SECRET);
    mkdirSync(`${other}-journal`);
    expect((await world.query(ALL, { database: 'b.db' })).text).toMatch(/is no file/);
  });

  test('FIFOs, devices and folders are no databases', async () => {
    const world = await sqliteWorld();
    execFileSync('mkfifo', [join(world.folder, 'pipe.db')]);
    mkdirSync(join(world.folder, 'folder.db'));
    for (const database of ['pipe.db', 'folder.db', '/dev/zero', '/proc/self/mem', '.'])
      expect(outcomes((await world.query(ALL, { database })).events)[0], database).toMatch(/^(failed|denied)/);
  });
});

describe('no stale answer', () => {
  test('what is only in the -wal of a program that runs is there', async () => {
    const world = await sqliteWorld();
    const database = inWal(world.path, `insert into people (name, age) values ('Margaret', 88)`);
    expect((await world.query('select name from people where age = 88')).text).toContain('Margaret');
    database.exec(`update people set age = 89 where age = 88`);
    expect((await world.query('select name from people where age = 89')).text).toContain('Margaret');
  });

  test('so is what a program left in a -wal that was killed; and a WAL database that was closed is read as it is', async () => {
    const world = await sqliteWorld();
    const database = inWal(world.path, `insert into people (name, age) values ('Margaret', 88)`);
    const left = join(world.folder, 'left.db');
    copyFileSync(world.path, left);
    copyFileSync(`${world.path}-wal`, `${left}-wal`);
    expect((await world.query('select count(*) n from people', { database: 'left.db' })).text).toContain('| 4   |');
    database.exec('pragma wal_checkpoint(truncate)');
    const closed = join(world.folder, 'closed.db');
    copyFileSync(world.path, closed);
    expect((await world.query('select count(*) n from people', { database: 'closed.db' })).text).toContain('| 4   |');
  });

  test('half of a change that was broken off is taken back, as SQLite does it', async () => {
    const world = await sqliteWorld();
    const half = join(world.folder, 'half.db');
    makeDatabase(half, 'create table t (a); insert into t values (1)');
    const writer = new DatabaseSync(half);
    onTestFinished(() => {
      writer.close();
    });
    writer.exec('pragma cache_size = 1; pragma cache_spill = 1; begin immediate');
    writer.exec(
      'with recursive c(n) as (values(1) union all select n + 1 from c where n < 20000) insert into t select n from c',
    );
    const killed = join(world.folder, 'killed.db');
    copyFileSync(half, killed);
    copyFileSync(`${half}-journal`, `${killed}-journal`);
    const { text } = await world.query('select count(*) n from t', { database: 'killed.db' });
    expect(text).toContain('| 1   |');
  });

  test('while somebody writes without end there is no answer, and that is said', { timeout: 60_000 }, async () => {
    const world = await sqliteWorld();
    const database = inWal(world.path, 'select 1');
    const insert = database.prepare('insert into hits values (1)');
    const timer = setInterval(() => {
      insert.run();
    }, 1);
    onTestFinished(() => {
      clearInterval(timer);
    });
    const { text, events } = await world.query('select count(*) from hits');
    // Either it was still for as long as a copy takes, or it is said; never half of it.
    if (outcomes(events)[0] !== 'done') expect(text).toMatch(/keeps changing/);
  });
});

describe('what asks', () => {
  test('each database asks, and one approval may cover the run; another database is not covered', async () => {
    const world = await sqliteWorld({
      answer: (approval) => ({
        choice: 'approve-and-grant',
        grant: { offer: approval.grantOffers[0]?.id ?? '', until: { kind: 'run' } },
      }),
    });
    makeDatabase(join(world.folder, 'b.db'), SECRET);
    const call = (database: string, statement: string) => ({
      calls: [{ name: 'query_database', args: { database, statement } }],
    });
    const events = await world.run([
      call('app.db', 'select 1'),
      call('app.db', 'select 2'),
      call('b.db', ALL),
      { calls: [{ name: 'list_schema', args: { database: 'app.db' } }] },
    ]);
    expect(outcomes(events)).toEqual(['done', 'done', 'done', 'done']);
    expect(world.asked.map(({ title }) => title)).toEqual(['Ask app.db: select 1', 'Ask b.db: select * from t']);
    expect(events.filter(({ type }) => type === 'flags').at(-1)?.data).toMatchObject({
      private: true,
      untrusted: true,
    });
  });

  test('the card says where the answer goes, and a denial asks nothing of the database', async () => {
    const world = await sqliteWorld({ answer: () => ({ choice: 'deny' }) });
    const { events } = await world.query('select * from people');
    expect(outcomes(events)).toEqual(['denied:person']);
    const card = JSON.stringify(world.asked[0]?.card);
    expect(card).toContain('What it gives would go to the model. nowhere');
    expect(card).toContain('select * from people');
    expect(JSON.stringify(events)).not.toContain('Grace');
  });

  test('switched off, there are no such tools', async () => {
    const world = await sqliteWorld({ userPolicy: 'tools:\n  database:\n    enabled: false\n' });
    const { events } = await world.query('select 1');
    expect(outcomes(events)).toEqual(['denied:tools.database.enabled']);
  });

  test('a likely secret asks as one, and no broad rule answers it', async () => {
    const world = await sqliteWorld({
      userPolicy: 'rules:\n  - tools: [query_database]\n    decision: allow\n    why: mine\n',
    });
    makeDatabase(join(world.folder, '.env'), SECRET);
    await world.query(ALL, { database: '.env' });
    expect(world.asked.map(({ decision }) => decision.rule)).toEqual(['likely-secret']);
  });

  test('a rule may allow reading one database, and then nothing is asked', async () => {
    const world = await sqliteWorld({
      userPolicy: 'rules:\n  - tools: [query_database]\n    paths: [app.db]\n    decision: allow\n    why: mine\n',
    });
    expect(outcomes((await world.query('select 1')).events)).toEqual(['done']);
    expect(world.asked).toEqual([]);
    makeDatabase(join(world.folder, 'b.db'), SECRET);
    await world.query(ALL, { database: 'b.db' });
    expect(world.asked.length).toBe(1); // the control
  });

  test('secrets that are known are masked in what comes back', async () => {
    const world = await sqliteWorld({ sql: SECRET, environment: { MY_TOKEN: TOKEN } });
    const { text, events } = await world.query(`select a, a || 'x' from t`);
    expect(text).toContain('[redacted:MY_TOKEN]');
    expect(text + JSON.stringify(events)).not.toContain(TOKEN);
  });

  test('only looking, reading still asks, and writing is not there', async () => {
    const world = await sqliteWorld({ userPolicy: 'ways:\n  default: look\n' });
    expect(outcomes((await world.query('select 1')).events)).toEqual(['done']);
    expect(outcomes((await world.change(['delete from people'])).events)[0]).toMatch(/^denied/);
  });
});
