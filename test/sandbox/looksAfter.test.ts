import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HostSandbox } from '../../src/node/sandbox/hostSandbox.ts';
import { LooksAfter, type LookedAfter } from '../../src/node/sandbox/looksAfter.ts';
import { caged } from '../support/sandboxRun.ts';
import { temporaryFolder } from '../support/tree.ts';

const signal = new AbortController().signal;
const NOTHING: LookedAfter = { quarantined: [], notes: [] };

test('a look that is over in time tells what it found', async () => {
  const looks = new LooksAfter();
  const found = { quarantined: ['a'], notes: ['b'] };
  expect(await looks.wait(Promise.resolve(found))).toEqual(found);
  await looks.finished(signal);
  expect(looks.late()).toEqual(NOTHING);
});

test('one that takes longer goes on, says so, and no command begins before it is over', async () => {
  const looks = new LooksAfter(1);
  const { promise, resolve } = Promise.withResolvers<LookedAfter>();
  const { quarantined, notes } = await looks.wait(promise);
  expect(quarantined).toEqual([]);
  expect(notes.join()).toContain('still being looked through');
  await expect(looks.finished(signal)).rejects.toThrow('still being looked through, and no command runs');
  resolve({ quarantined: ['late'], notes: ['left'] });
  await looks.over();
  await looks.finished(signal);
  expect(looks.late()).toEqual({ quarantined: ['late'], notes: ['left'] });
  expect(looks.late()).toEqual(NOTHING);
});

test('a stop ends the waiting, and a look that fails later is told', async () => {
  const looks = new LooksAfter(1);
  const { promise, reject } = Promise.withResolvers<LookedAfter>();
  await looks.wait(promise);
  await expect(new LooksAfter(60_000).wait(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  await expect(looks.finished(AbortSignal.abort())).rejects.toThrow();
  reject(new Error('broken'));
  await looks.over();
  expect(looks.late().quarantined.join()).toContain('could not be looked through (broken)');
});

test('the sandbox sets aside late what it could not look at in time, before the next command', async () => {
  const base = await temporaryFolder();
  const cage = await caged(base);
  const own = { data: cage.data, config: join(base, 'config'), home: cage.home };
  // Time for nothing at all.
  const sandbox = new HostSandbox(own, { PATH: process.env['PATH'] }, [cage.folder], {
    looksAfter: new LooksAfter(0),
  });
  const trap = ['/bin/bash', '-c', 'mkdir -p below/.vscode && echo x > below/.vscode/tasks.json'];
  const first = await sandbox.run(await cage.spec(trap), signal);
  expect(first.ending).toEqual({ kind: 'exited', code: 0 });
  expect(first.quarantined).toEqual([]);
  expect(first.notes.join()).toContain('still being looked through');
  const next = await cage.spec(['/bin/bash', '-c', 'ls -A below']);
  await expect
    .poll(async () => sandbox.run(next, signal).catch(() => undefined), { timeout: 90_000 })
    .toMatchObject({ output: '', quarantined: [expect.stringContaining('below/.vscode appeared')] });
  await sandbox.close();
  expect(existsSync(join(cage.folder, 'below/.vscode'))).toBe(false);
});
