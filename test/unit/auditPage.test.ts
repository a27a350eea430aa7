import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditStore } from '../../src/node/audit/store.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import { EVENT_TYPES, EVENTS } from '../../src/shared/eventTable.ts';
import { eventsOfRun } from '../support/manyEvents.ts';

const PAGE = readFileSync('docs/audit.md', 'utf8');

test('the page names every kind of event, and no other', () => {
  const named = [...PAGE.matchAll(/^\| `(\w+)` +\| (.+?) +\|/gm)].map(([, type, about]) => [type, about]);
  expect(named).toEqual(EVENT_TYPES.map((type) => [type, EVENTS[type].about]));
});

test('the page names what each event holds', () => {
  for (const type of EVENT_TYPES) {
    const line = PAGE.split('\n').find((one) => one.startsWith(`| \`${type}\``)) ?? '';
    for (const part of [EVENTS[type].data, EVENTS[type].payload])
      if ('shape' in part)
        for (const key of Object.keys(part.shape)) expect(line).toMatch(new RegExp(`\`${key}\\??\``));
  }
});

// The page's own program, as somebody would copy it.

const [, PROGRAM = ''] = /```python\n([^]*?)```/.exec(PAGE) ?? [];
const folder = mkdtempSync(join(tmpdir(), 'oversign-page-'));
const log = join(folder, 'audit.db');

beforeAll(() => {
  const store = new AuditStore(log, identityOf(process.pid));
  for (const event of [...eventsOfRun(1, 20), ...eventsOfRun(2, 20)]) store.append(event);
  store.append({
    type: 'notice',
    run: 'log',
    data: { words: 'Ünïcode \u202E "quoted"', n: 1.5e-7 },
    payload: { é: '🦊' },
  });
  store.erase({ scope: 'run', run: 'run-000001' });
  store.close();
  writeFileSync(join(folder, 'check.py'), PROGRAM);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What the program says of a copy of the log, which was changed by these statements. */
function check(...statements: string[]): { status: number | null; text: string } {
  const copy = join(folder, 'copy.db');
  writeFileSync(copy, readFileSync(log));
  {
    using database = new DatabaseSync(copy, { enableForeignKeyConstraints: false });
    for (const name of ['events_keep', 'events_same', 'payloads_same']) database.exec(`DROP TRIGGER ${name}`);
    for (const statement of statements) database.exec(statement);
  }
  // With -O Python leaves assertions out: nothing may rest on them.
  const { status, stdout, stderr } = spawnSync('python3', ['-O', join(folder, 'check.py'), copy], { encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

test('the program on the page checks a log, erased payloads and all', () => {
  expect(PROGRAM.split('\n').length).toBeLessThan(25);
  using database = new DatabaseSync(log, { readOnly: true });
  const last = String(database.prepare('SELECT hash FROM events ORDER BY seq DESC LIMIT 1').get()?.['hash']);
  expect(check()).toEqual({ status: 0, text: `whole up to ${last}\n` });
});

test.each([
  [
    'an event that says something else',
    `UPDATE events SET body = replace(body, '"turn":1', '"turn":2') WHERE seq = 4`,
    4,
  ],
  ['an event that is gone', 'DELETE FROM events WHERE seq = 9', 10],
  ['the first event gone', 'DELETE FROM events WHERE seq = 1', 2],
  [
    'a payload that says something else',
    `UPDATE payloads SET body = replace(body, 'bug', 'bag') WHERE seq = (SELECT min(seq) FROM payloads)`,
    undefined,
  ],
  ['another salt', `UPDATE payloads SET salt = 'ab' WHERE seq = (SELECT max(seq) FROM payloads)`, undefined],
  ['another hash', `UPDATE events SET hash = '${'0'.repeat(64)}' WHERE seq = 5`, 5],
  ['an event at another place', 'UPDATE events SET seq = 5000 WHERE seq = (SELECT max(seq) FROM events)', 5000],
  ['a payload where none was', `INSERT INTO payloads VALUES (2, 'ab', '{}')`, undefined],
])('the program on the page does not let pass: %s', (_, statement, seq) => {
  const { status, text } = check(statement);
  expect(status).not.toBe(0);
  expect(text).not.toContain('whole up to');
  if (seq !== undefined) expect(text).toContain(`event ${seq}`);
});

test('the program leaves the log as it was', () => {
  const before = readFileSync(log);
  expect(spawnSync('python3', [join(folder, 'check.py'), log], { encoding: 'utf8' }).status).toBe(0);
  expect(readFileSync(log).equals(before)).toBe(true);
});
