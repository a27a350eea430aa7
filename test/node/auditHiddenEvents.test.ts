import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { AuditStore } from '../../src/node/audit/store.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import { runCli } from '../support/cli.ts';
import { exportTo } from '../support/logAttacksTable.ts';
import { eventsOfRun } from '../support/manyEvents.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const RUN = 'run-000001';

function opened(file: string): AuditStore {
  const store = new AuditStore(file, identityOf(process.pid));
  onTestFinished(() => {
    store.close();
  });
  return store;
}

/** A run whose conversation is stored twice, with runs before and after it. */
async function place(): Promise<{ base: string; file: string; earlier: string[] }> {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', 'data/oversign/.keep': '' });
  const file = join(base, 'data/oversign/audit.db');
  const store = opened(file);
  for (const event of [...eventsOfRun(2, 20), ...eventsOfRun(1, 20)]) store.append(event);
  store.saveTranscript(RUN, ['earlier']);
  using database = new DatabaseSync(file, { readOnly: true });
  const earlier = Object.values(database.prepare('SELECT * FROM transcripts').get() ?? {}) as string[];
  for (let reply = 0; reply < 3; reply += 1)
    store.append({ type: 'model_replied', run: RUN, turn: 2, data: { calls: 0 }, payload: { text: 'no' } });
  store.saveTranscript(RUN, ['earlier', 'later']);
  for (const event of eventsOfRun(3, 20)) store.append(event);
  store.close();
  return { base, file, earlier };
}

/** Leaves events out of the index of runs: the table, its hashes and signatures, and the schema's text stay as they are. */
function hide(file: string, shown: string): void {
  using database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  database.enableDefensive(false);
  const sql = database.prepare("SELECT sql FROM sqlite_schema WHERE name = 'events_by_run'").get()?.['sql'];
  database.exec(`DROP INDEX events_by_run; CREATE INDEX events_by_run ON events (run, type) WHERE ${shown}`);
  database.exec('PRAGMA writable_schema = ON');
  database.prepare("UPDATE sqlite_schema SET sql = ? WHERE name = 'events_by_run'").run(String(sql));
  database.exec('PRAGMA writable_schema = RESET');
}

function putBack(file: string, earlier: readonly string[]): void {
  using database = new DatabaseSync(file);
  database.prepare('INSERT OR REPLACE INTO transcripts VALUES (?, ?, ?, ?, ?)').run(...earlier);
}

test('an earlier conversation, and an index that leads past what came after it: not resumed', async () => {
  const { file, earlier } = await place();
  expect(opened(file).loadTranscript(RUN)).toEqual(['earlier', 'later']); // the control
  hide(file, `run <> '${RUN}' OR seq <= ${earlier[2] ?? ''}`);
  putBack(file, earlier);
  expect(() => opened(file).loadTranscript(RUN)).toThrow(/the log names another one in event/);
});

test('an erased conversation, and an index that leads past the erasure: not resumed', async () => {
  const { file } = await place();
  const store = opened(file);
  using database = new DatabaseSync(file);
  const stored = Object.values(database.prepare('SELECT * FROM transcripts').get() ?? {}) as string[];
  store.erase({ scope: 'run', run: RUN });
  store.close();
  hide(file, "type <> 'erasure'");
  putBack(file, stored);
  expect(() => opened(file).loadTranscript(RUN)).toThrow(/it was erased, and is there again/);
});

test('a run of which an index hides the end is nowhere shown as if that were all of it', async () => {
  const { base, file, earlier } = await place();
  const [whole, later] = [join(base, 'whole.jsonl'), join(base, 'later.jsonl')];
  exportTo(whole, file, RUN);
  const all = opened(file).events(RUN).length;
  expect((await runCli(['report', RUN], { base })).code).toBe(0); // the control
  for (const shown of [`run <> '${RUN}'`, `run <> '${RUN}' OR seq <= ${earlier[2] ?? ''}`])
    await expectDamaged(base, file, shown);
  exportTo(later, file, RUN);
  const own = (path: string): number => readFileSync(path, 'utf8').split(`"run":"${RUN}"`).length - 1;
  expect([own(later), own(later)]).toEqual([own(whole), all]);
  expect(await runCli(['verify'], { base })).toMatchObject({ code: 1 });
});

async function expectDamaged(base: string, file: string, shown: string): Promise<void> {
  hide(file, shown);
  expect(() => opened(file).events(RUN)).toThrow(/damaged/);
  for (const args of [
    ['report', RUN],
    ['history', RUN],
  ]) {
    const { code, stdout, stderr } = await runCli(args, { base });
    expect({ code, stdout }, args[0]).toEqual({ code: 74, stdout: '' });
    expect(stderr).toMatch(/damaged/);
  }
}

test('what is added while a process looks on is found without looking through the table again', async () => {
  const { file } = await place();
  const store = opened(file);
  const before = store.events(RUN).length;
  store.append({ type: 'notice', run: RUN, data: {} });
  expect(store.events(RUN)).toHaveLength(before + 1);
});
