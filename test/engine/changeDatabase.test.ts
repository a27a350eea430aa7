import { copyFileSync, linkSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ask, makeDatabase, sqliteWorld } from '../support/sqliteWorld.ts';
import { outcomes } from '../support/workbench.ts';

const AGES = 'select name, age from people order by id';
const OLDER = 'update people set age = age + 1 where age > 40';

/** Statements that no approval makes possible. */
const REFUSED: Record<string, [statements: string[], says: RegExp]> = {
  'attach another database': [[`attach 'other.db' as o`], /not authorized/],
  'attach and write there': [[`attach 'other.db' as o`, 'delete from o.t'], /not authorized/],
  detach: [['detach main'], /not authorized/],
  'vacuum into a file': [[`vacuum into 'stolen.db'`], /authorized|transaction/],
  vacuum: [['vacuum'], /authorized|transaction/],
  'an end of the transaction': [[OLDER, 'commit', 'delete from people'], /not authorized/],
  'a transaction of its own': [['begin'], /not authorized/],
  'taking it back in between': [[OLDER, 'rollback'], /not authorized/],
  'a savepoint': [['savepoint s'], /not authorized/],
  'a release': [['release s'], /not authorized/],
  'writable schema': [['pragma writable_schema = 1'], /not authorized/],
  'the schema by hand': [[`update sqlite_schema set sql = 'x'`], /may not be modified|not authorized/],
  'the schema by hand, inserted': [[`insert into sqlite_master values ('table','x','x',0,'')`], /may not be modified/],
  'the sequence table dropped': [['drop table sqlite_sequence'], /may not be dropped|no such table/],
  'journal mode': [['pragma journal_mode = wal'], /not authorized/],
  'foreign keys off': [['pragma foreign_keys = off'], /not authorized/],
  'checks off': [['pragma ignore_check_constraints = 1'], /not authorized/],
  'a folder for temporary files': [[`pragma temp_store_directory = '/tmp'`], /not authorized/],
  'user version': [['pragma user_version = 3'], /not authorized/],
  'a temporary table': [['create temp table x (a)'], /not authorized/],
  'a temporary trigger': [
    ['create temp trigger x after update on people begin delete from hits; end'],
    /not authorized/,
  ],
  'two statements in one text': [['delete from hits; delete from people'], /more than one statement/],
  'a second one behind a comment': [['delete from hits -- ok\n; /* */ drop table people'], /more than one statement/],
  'a NUL': [['delete from hits\0; drop table people'], /NUL/],
  'a mask': [[`insert into people (name) values ('[redacted:KEY]')`], /mask/],
  nothing: [[' ; '], /empty/],
  'a table of files': [[`create virtual table f using csv(filename='/etc/passwd')`], /no such module/],
  'an extension': [[`insert into people (name) select load_extension('x')`], /authorized|no such function/],
  'a file read': [[`insert into people (name) select readfile('secret.txt')`], /authorized|no such function/],
  'a trigger that loads': [
    ['create trigger l after insert on hits begin select load_extension(1); end', 'insert into hits values (1)'],
    /unsafe use|authorized|no such function/,
  ],
  'a default that reads files': [
    [`create table d (a default (readfile('x')))`, 'insert into d default values'],
    /unsafe use|authorized|unknown function|no such function|non-constant/,
  ],
  'the second of two is wrong': [[OLDER, 'update nobody set a = 1'], /no such table/],
  'a broken constraint at the end': [
    [
      'create table a (id integer primary key)',
      'create table b (a int references a (id) deferrable initially deferred)',
      'insert into b values (7)',
    ],
    /FOREIGN KEY/,
  ],
  'a constraint in the middle': [[OLDER, `insert into people (id, name) values (1, 'x')`], /UNIQUE/],
  'rows without end': [
    ['insert into hits with recursive c(n) as (values(1) union all select n + 1 from c) select n from c'],
    /limit|longer than|disk|full|memory/,
  ],
  'a trigger that calls itself without end': [
    [
      'create table loops (n)',
      'create trigger t after insert on loops begin insert into loops values (new.n + 1); end',
      'pragma recursive_triggers = on',
    ],
    /not authorized/,
  ],
  'a value of gigabytes': [['insert into hits select zeroblob(2000000000)'], /too big|limit|longer|memory/],
  'a database larger than what is changed': [['insert into hits select randomblob(70000000)'], /larger than/],
  'reindex of nothing': [['reindex nobody'], /unable to identify/],
  'detach behind a write': [[OLDER, `attach '/tmp/x.db' as x`], /not authorized/],
  'an analysis of another schema': [['analyze temp'], /authorized|unknown database|no such/],
};

describe('what no approval makes possible', () => {
  test('is refused whole, and the file stays as it is to the byte', { timeout: 120_000 }, async () => {
    const world = await sqliteWorld({
      files: { 'secret.txt': 'tok-91f2c3d4e5f6a7b8' },
      userPolicy: 'tools:\n  code_execution:\n    timeout: 4\n',
    });
    makeDatabase(join(world.folder, 'other.db'), 'create table t (a); insert into t values (1)');
    const before = readFileSync(world.path);
    expect(Object.keys(REFUSED).length).toBeGreaterThanOrEqual(40);
    for (const [name, [statements, says]] of Object.entries(REFUSED)) {
      const { text, events } = await world.change(statements);
      expect.soft(outcomes(events)[0], name).toMatch(/^failed/);
      expect.soft(text, name).toMatch(says);
      expect.soft(text, name).not.toContain('tok-91f2');
      expect.soft(readFileSync(world.path).equals(before), name).toBe(true);
    }
    expect(ask(join(world.folder, 'other.db'), 'select count(*) n from t')).toEqual([{ n: 1 }]);
  });
});

describe('a change', () => {
  test('asks with its statement and how many rows, is done whole, and is undone to the byte', async () => {
    const world = await sqliteWorld();
    const before = readFileSync(world.path);
    const { text, events } = await world.change([OLDER, `insert into people (name) values ('Ken') returning id`]);
    expect(outcomes(events)).toEqual(['done']);
    expect(text).toContain('3 rows changed, and 2 rows by triggers and references');
    expect(ask(world.path, AGES)).toMatchObject([{ age: 36 }, { age: 86 }, { age: 55 }, { name: 'Ken' }]);
    const [approval] = world.asked;
    expect(approval).toMatchObject({
      tool: 'change_database',
      undoState: 'whole',
      decision: { rule: 'database-write' },
    });
    const card = JSON.stringify(approval?.card);
    expect(card).toContain(OLDER);
    expect(card).toContain('3 rows changed, and 2 rows by triggers and references, counted just now on a copy.');
    expect(approval?.grantOffers).toEqual([]);
    expect(events.some(({ type }) => type === 'checkpoint')).toBe(true);
    const run = world.engine.view().run?.id ?? '';
    const action = events.find(({ type }) => type === 'started')?.action ?? '';
    const reverted = await world.engine.revert({ run, action });
    expect(JSON.stringify(reverted)).not.toContain('failed');
    expect(readFileSync(world.path).equals(before)).toBe(true);
  });

  test('is shown on a copy first where that is asked, and applied exactly so', async () => {
    const world = await sqliteWorld({
      answer: ({ effects }) => ({ choice: effects?.state === 'shown' ? 'apply' : 'show-effects' }),
    });
    const { text, events } = await world.change([
      `insert into people (name) values (hex(randomblob(8))) returning name`,
    ]);
    expect(outcomes(events)).toEqual(['done', 'done']);
    const shown = JSON.stringify(world.asked.at(-1)?.card);
    const [, name = 'none'] = /\| ([0-9A-F]{16}) \|/.exec(text) ?? [];
    expect(shown).toContain(name); // what chance made is what was seen
    expect(ask(world.path, 'select name from people where id = 4')).toEqual([{ name }]);
  });

  test('is not applied where the file changed meanwhile; it is asked anew', async () => {
    const world = await sqliteWorld({
      answer: ({ effects }) => {
        if (effects?.state !== 'shown') return { choice: world.asked.length > 1 ? 'approve' : 'show-effects' };
        makeDatabase(world.path, 'insert into hits values (5)');
        return { choice: 'apply' };
      },
    });
    await world.change([OLDER]);
    expect(ask(world.path, 'select count(*) n from hits')).toEqual([{ n: 2 }]); // nothing of another's is lost
  });

  test('an approval is for the file as it stood: changed in between, it asks again', async () => {
    const world = await sqliteWorld({
      answer: () => {
        if (world.asked.length === 1) makeDatabase(world.path, `update people set age = 41 where name = 'Ada'`);
        return { choice: 'approve' };
      },
    });
    await world.change([OLDER]);
    expect(world.asked.length).toBe(2);
    expect(ask(world.path, AGES)).toMatchObject([{ age: 42 }, { age: 86 }, { age: 55 }]);
  });

  test('denied, nothing is done', async () => {
    const world = await sqliteWorld({ answer: () => ({ choice: 'deny' }) });
    const before = readFileSync(world.path);
    expect(outcomes((await world.change([OLDER])).events)).toEqual(['denied:person']);
    expect(readFileSync(world.path).equals(before)).toBe(true);
  });

  test('asks each time: no rule, no grant and no way of working answers it', async () => {
    const world = await sqliteWorld({
      userPolicy: 'confirm_actions: false\nrules:\n  - tools: [change_database]\n    decision: allow\n    why: mine\n',
    });
    await world.change([OLDER]);
    await world.change([OLDER]);
    expect(world.asked.map(({ tool }) => tool)).toEqual(['change_database', 'change_database']);
  });

  test('makes a new database, and undo would remove it; its mode and its other names stay', async () => {
    const world = await sqliteWorld();
    const made = await world.change(['create table t (a)', 'insert into t values (1), (2)'], { database: 'new/x.db' });
    expect(outcomes(made.events)).toEqual(['done']);
    expect(ask(join(world.folder, 'new/x.db'), 'select count(*) n from t')).toEqual([{ n: 2 }]);
    expect(world.asked[0]?.undo).toContain('removes the new file');
    linkSync(world.path, join(world.folder, 'same.db'));
    const mode = statSync(world.path).mode;
    expect(outcomes((await world.change([OLDER])).events)).toEqual(['done']);
    expect(ask(join(world.folder, 'same.db'), AGES)).toMatchObject([{ age: 36 }, { age: 86 }, { age: 55 }]);
    expect(statSync(world.path).mode).toBe(mode);
  });
});

describe('what others have open, or may not be written', () => {
  test('a database with a -wal, a -shm or a -journal beside it is left alone', async () => {
    const world = await sqliteWorld();
    const database = new DatabaseSync(world.path);
    onTestFinished(() => {
      if (database.isOpen) database.close();
    });
    database.exec('pragma journal_mode = wal; insert into hits values (9)');
    const { text, events } = await world.change([OLDER]);
    expect(outcomes(events)[0]).toMatch(/^failed/);
    expect(text).toMatch(/is open in another program, or was left so: app\.db-wal, app\.db-shm is there/);
    database.close();
    expect(outcomes((await world.change([OLDER])).events)).toEqual(['done']); // the control
    expect(ask(world.path, 'select count(*) n from hits')).toEqual([{ n: 2 }]);
  });

  test('a -wal that comes while it is asked is not run over', async () => {
    const world = await sqliteWorld({
      answer: () => {
        if (world.asked.length > 1) return { choice: 'deny' };
        const other = makeDatabase(join(world.home, 'other.db'));
        copyFileSync(other, `${world.path}-wal`);
        return { choice: 'approve' };
      },
    });
    const before = readFileSync(world.path);
    const { events } = await world.change([OLDER]);
    expect(outcomes(events)[0]).toMatch(/^failed|^denied/);
    expect(readFileSync(world.path).equals(before)).toBe(true);
  });

  test('what is denied or protected stays so; a likely secret asks as one', async () => {
    const world = await sqliteWorld({
      userPolicy: 'protected_paths: [kept.db]\ntools:\n  file_system:\n    denied_paths: [private.db]\n',
    });
    for (const name of ['kept.db', 'private.db', '.git/x.db']) {
      const path = makeDatabase(join(world.folder, name));
      const { events } = await world.change([OLDER], { database: name });
      expect(outcomes(events)[0], name).toMatch(/^denied/);
      expect(ask(path, AGES)).toMatchObject([{ age: 36 }, { age: 85 }, { age: 54 }]);
    }
    expect(world.asked).toEqual([]);
    makeDatabase(join(world.folder, '.env'));
    await world.change([OLDER], { database: '.env' });
    expect(world.asked.map(({ decision }) => decision.rule)).toEqual(['likely-secret']);
  });
});
