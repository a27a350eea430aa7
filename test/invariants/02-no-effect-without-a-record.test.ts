import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AuditClient } from '../../src/node/audit/auditClient.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { plant, temporaryFolder } from '../support/tree.ts';
import { outcomes, workbench } from '../support/workbench.ts';

const WRITE = [{ calls: [{ name: 'write_file', args: { path: 'new.txt', content: 'x' } }] }];

test.each(['proposed', 'decided', 'asked', 'answered', 'checkpoint', 'started'] as const)(
  'if "%s" cannot be written, nothing happens',
  async (type) => {
    const bench = await workbench({
      change: (node) => {
        const append = node.parts.audit.append.bind(node.parts.audit);
        node.parts.audit.append = (event) =>
          event.type === type ? Promise.reject(new Error('the disk is full')) : append(event);
      },
    });
    await bench.run(WRITE);
    expect(existsSync(join(bench.folder, 'new.txt'))).toBe(false);
    expect(bench.engine.view().run).toMatchObject({ state: 'failed' });
    expect(bench.engine.view().run?.reason).toContain('the disk is full');
  },
);

test('a log that is damaged stops the action and says where it is', async () => {
  const bench = await workbench();
  await bench.node.audit.runs(1);
  await bench.node.audit[Symbol.asyncDispose]();
  const asked = bench.engine.send('do it', {
    provider: 'demo',
    label: 'x',
    destination: '',
    stream: () => {
      throw new Error('never asked');
    },
  });
  await expect(asked).rejects.toThrow('audit log');
});

test('a file that is no database is refused by name, and is not overwritten', async () => {
  const data = await temporaryFolder();
  writeFileSync(join(data, 'audit.db'), 'this is not a database at all, but somebody’s file\n'.repeat(50));
  await using audit = await AuditClient.open(data);
  await expect(audit.append({ type: 'notice', run: 'r', data: {} })).rejects.toThrow(/audit\.db cannot be used/);
  expect(readFileSync(join(data, 'audit.db'), 'utf8')).toContain('somebody’s file');
});

test('killed with -9 between approval and effect: the log says that it did not happen', async () => {
  const { folder, events } = await doomed('checkpoint');
  expect(readFileSync(join(folder, 'f1.txt'), 'utf8')).toBe('before\n');
  expect(events.findLast(({ type }) => type === 'answered')?.data).toMatchObject({ choice: 'approve', by: 'person' });
  expect(events.some(({ type }) => type === 'started')).toBe(false);
  expect(events.find(({ type, action }) => type === 'interrupted' && action !== undefined)?.data).toMatchObject({
    effect: 'did not happen',
  });
  expect(events.at(-1)).toMatchObject({ type: 'interrupted' });
});

test('killed with -9 right after the effect: the log says that it may have happened', async () => {
  const { folder, events } = await doomed('effect');
  expect(readFileSync(join(folder, 'f1.txt'), 'utf8')).toBe('1\n');
  expect(events.find(({ type, action }) => type === 'interrupted' && action !== undefined)?.data).toMatchObject({
    effect: 'may have happened',
  });
});

test('killed with -9 at twenty moments: every effect on disk has its record', async () => {
  let effects = 0;
  for (let round = 0; round < 20; round += 1) {
    const { folder, events } = await doomed('never', 20 + round * 17);
    const started = new Set(events.filter(({ type }) => type === 'started').map(({ action }) => action));
    const recorded = new Set(
      events.flatMap(({ type, action, payload }) =>
        type === 'proposed' && started.has(action)
          ? [String(payload?.['title']).replace(/^(Create|Overwrite) /, '')]
          : [],
      ),
    );
    const present = readdirSync(folder).filter(
      (name) => /^f\d+\.txt$/.test(name) && readFileSync(join(folder, name), 'utf8') !== 'before\n',
    );
    effects += present.length;
    expect(present.filter((name) => !recorded.has(name))).toEqual([]);
    expect(events.at(-1)?.type).toBe('interrupted');
  }
  expect(effects).toBeGreaterThan(20);
}, 180_000);

test('what stands there before a change is kept: the pre-image is in the data folder', async () => {
  const bench = await workbench({ files: { 'a.txt': 'precious\n' } });
  expect(outcomes(await bench.run([{ calls: [{ name: 'delete_path', args: { path: 'a.txt' } }] }]))).toEqual(['done']);
  const run = bench.engine.view().run?.id ?? '';
  const [manifest = ''] = readdirSync(join(bench.data, 'checkpoints', run));
  const { kept } = JSON.parse(readFileSync(join(bench.data, 'checkpoints', run, manifest), 'utf8')) as {
    kept: { path: string; blob: string }[];
  };
  const blob = kept.find(({ path }) => path === join(bench.folder, 'a.txt'))?.blob ?? '';
  expect(readFileSync(join(bench.data, 'blobs', blob.slice(0, 2), blob.slice(2)), 'utf8')).toBe('precious\n');
});

/** Runs the doomed process to its end; then what the next start finds. */
async function doomed(
  moment: 'checkpoint' | 'effect' | 'never',
  afterMs = 0,
): Promise<{ folder: string; events: AuditRecord[] }> {
  const base = await temporaryFolder();
  const folder = join(base, 'work');
  await plant(folder, { 'f1.txt': 'before\n' });
  await plant(join(base, 'home'), { '.keep': '' });
  const child = spawn(process.execPath, ['test/support/doomedRun.ts', base, moment], { stdio: 'ignore' });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  if (moment === 'never') {
    await expect.poll(() => readdirSync(folder).length, { timeout: 30_000, interval: 5 }).toBeGreaterThan(1);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    child.kill('SIGKILL');
  }
  expect(await ended).toBe('SIGKILL');
  await using audit = await AuditClient.open(join(base, 'data', 'oversign'));
  const marked = await audit.recover();
  expect(marked).toHaveLength(1);
  expect(await audit.verify()).toMatchObject({ ok: true });
  return { folder, events: await audit.events(marked[0] ?? '') };
}
