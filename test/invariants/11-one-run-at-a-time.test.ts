import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scripted, workbench } from '../support/workbench.ts';

const WAITS = [{ calls: [{ name: 'write_file', args: { path: 'a.txt', content: 'x' } }] }];

test('resuming twice at once gives one run, and Stop ends it', async () => {
  const bench = await workbench({ answer: () => undefined });
  const first = bench.engine.send('write', scripted(WAITS));
  await expect.poll(() => bench.engine.view().approvals.length, { timeout: 20_000 }).toBe(1);
  await bench.engine.stop('later');
  await first;
  const run = bench.engine.view().run?.id ?? '';
  bench.engine.newRun();
  const again = [1, 2].map(() => bench.engine.resume(run, scripted(WAITS)));
  const settled = Promise.allSettled(again);
  await expect.poll(() => bench.engine.view().approvals.length, { timeout: 20_000 }).toBe(1);
  await bench.engine.stop('enough');
  expect((await settled).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(bench.engine.isWorking).toBe(false);
  expect(bench.engine.view().run?.state).toBe('stopped');
  expect((await bench.node.audit.runs(1))[0]?.state).toBe('stopped');
});

test('a run is resumed in its own folder alone', async () => {
  const bench = await workbench();
  await bench.run([{}]);
  const run = bench.engine.view().run?.id ?? '';
  const other = join(bench.folder, '..', 'other');
  mkdirSync(other);
  bench.node.parts.roots[0] = other;
  bench.engine.newRun();
  await expect(bench.engine.resume(run, scripted([{}]))).rejects.toThrow(`belongs to ${bench.folder}`);
});

test('what was said while a question waited is still there after the process is gone', async () => {
  const bench = await workbench({ answer: () => undefined });
  const working = bench.engine.send('write', scripted(WAITS));
  await expect.poll(() => bench.engine.view().approvals.length, { timeout: 20_000 }).toBe(1);
  await bench.engine.say('and use British spelling');
  const run = bench.engine.view().run?.id ?? '';
  expect(JSON.stringify(await bench.node.audit.loadTranscript(run))).toContain('British spelling');
  await bench.engine.stop('enough');
  await working;
});

test('a stop that comes after the end changes nothing', async () => {
  const bench = await workbench();
  await bench.run([{}]);
  await bench.engine.stop('too late');
  expect(bench.engine.view().run?.state).toBe('finished');
});

test('a second run in a folder that is taken is refused, and told which; elsewhere the holder is named (refusedStart.test.ts)', async () => {
  const bench = await workbench();
  expect(await bench.node.audit.claim([join(bench.folder, '..', 'b'), bench.folder], 'other')).toEqual({ ok: true });
  await bench.engine.send('do it', scripted([{}]));
  expect(bench.engine.view().run).toMatchObject({ state: 'failed' });
  expect(bench.engine.view().run?.reason).toContain(`A run is active in ${bench.folder}`);
  await bench.node.audit.release('other');
  await bench.engine.send('again', scripted([{}]));
  expect(bench.engine.view().run?.state).toBe('finished');
});
