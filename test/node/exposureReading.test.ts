import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ExposureFold } from '../../src/core/exposure/exposureFold.ts';
import { Scope } from '../../src/core/scope/scope.ts';
import { AuditClient } from '../../src/node/audit/auditClient.ts';
import { countFiles } from '../../src/node/exposure/countFiles.ts';
import { exposureIn } from '../../src/node/exposure/receiptOf.ts';
import { togetherIn } from '../../src/node/exposure/togetherIn.ts';
import type { NewEvent } from '../../src/shared/auditEvent.ts';
import { FileCountSchema } from '../../src/shared/reach.ts';
import { AuditStore } from '../../src/node/audit/store.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const scopeOf = (root: string, denied: string[] = []): Scope =>
  new Scope({
    ...{ roots: [root], home: '/nowhere', allowed: [], protected: [] },
    denied: denied.map((written) => ({ written, origin: { layer: 'user' } })),
    secrets: [{ written: '.env', origin: { layer: 'built-in' } }],
  });

const NEVER = new AbortController().signal;

test('files are counted by what they are to the agent; links are not followed, denied folders not looked into', async () => {
  const root = await temporaryFolder();
  await plant(root, {
    ...{
      'a.ts': '',
      'b.py': '',
      Makefile: '',
      'x.md': '',
      'd.CSV': '',
      'p.png': '',
      noending: '',
      '.env': '',
      'deep/er/c.go': '',
    },
    ...{ 'private/one.txt': '', 'private/two.txt': '' },
  });
  symlinkSync('/', join(root, 'everything'));
  symlinkSync('a.ts', join(root, 'link.ts'));
  const found = FileCountSchema.parse(await countFiles(scopeOf(root, ['private']), NEVER));
  expect(found).toEqual({
    counts: { source: 4, document: 1, data: 1, media: 1, other: 1, secret: 1, kept: 0, denied: 1, outside: 0 },
    ...{ links: 2, unread: 0, looked: 14, isWhole: true },
  });
});

test('counting ends at a number of entries, after a time, or when it is stopped, and says so', async () => {
  const root = await temporaryFolder();
  for (let folder = 0; folder < 10; folder += 1) {
    mkdirSync(join(root, `f${folder}`));
    for (let file = 0; file < 100; file += 1) writeFileSync(join(root, `f${folder}`, `${file}.txt`), '');
  }
  const scope = scopeOf(root);
  expect(await countFiles(scope, NEVER)).toMatchObject({ looked: 1010, isWhole: true });
  expect(await countFiles(scope, NEVER, { entries: 300, ms: 10_000 })).toMatchObject({
    ...{ looked: 300, isWhole: false, stopped: 'entries' },
  });
  expect(await countFiles(scope, NEVER, { entries: 5000, ms: -1 })).toMatchObject({ looked: 0, stopped: 'time' });
  const stop = new AbortController();
  setImmediate(() => {
    stop.abort();
  });
  expect(await countFiles(scope, stop.signal)).toMatchObject({ isWhole: false, stopped: 'cancelled' });
  expect(await countFiles(scopeOf(join(root, 'gone')), NEVER)).toMatchObject({ unread: 1, looked: 0 });
});

/** Thousands of requests, some of them with long lists of files. */
function longRun(run: string, folder: string, count: number): NewEvent[] {
  const files = Array.from({ length: 150 }, (_, at) => `${folder}/${'x'.repeat(200)}/${at}`);
  return [
    {
      type: 'run_started',
      run,
      data: { version: '1', policy: 'ab'.repeat(32), provider: 'openai', model: 'big' },
      payload: { task: 'long', folder, folders: [], destination: '', user: 'u', host: 'h' },
    },
    ...Array.from({ length: count }, (_, at): NewEvent => ({
      type: 'egress',
      run,
      turn: at,
      data: { purpose: 'model', origin: 'https://a.example', method: 'POST', bytes: 10 },
      payload: { path: '/', contentOf: at % 5 === 0 ? files : [] },
    })),
  ];
}

test('a long run is read in pages that are small enough to wait for, and comes to the same', async () => {
  const base = await temporaryFolder();
  const file = join(base, 'audit.db');
  const store = new AuditStore(file, identityOf(process.pid));
  for (const event of longRun('long', base, 2600)) store.append(event);
  store.close();
  const audit = await AuditClient.open(base);
  onTestFinished(() => audit[Symbol.asyncDispose]());
  const fold = new ExposureFold('long');
  const pages: number[] = [];
  let after = 0;
  for (;;) {
    const { records, next } = await audit.exposure('long', after);
    for (const record of records) fold.add(record);
    pages.push(records.length);
    if (next === undefined) break;
    after = next;
  }
  expect(pages.length).toBeGreaterThan(4); // by bytes, too
  expect(Math.max(...pages)).toBeLessThanOrEqual(1000);
  expect(pages.reduce((sum, one) => sum + one, 0)).toBe(2601);
  expect(fold.result()).toEqual(exposureIn(file, 'long').fold.result());
  const [purpose] = fold.result().destinations[0]?.purposes ?? [];
  expect(purpose).toMatchObject({ sendings: 2600, sent: { bytes: 26_000, isLeast: false } });
  expect(purpose?.content).toHaveLength(150);
  expect(purpose?.content[0]).toMatchObject({ sendings: 520, firstTurn: 0, lastTurn: 2595 });
  expect(togetherIn(file, base)).toMatchObject({ runs: 1, hasOlder: false, destinations: [{ sendings: 2600 }] });
  expect(togetherIn(file, '/elsewhere')).toMatchObject({ runs: 0, destinations: [] });
});
