import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AuditClient } from '../../src/node/audit/auditClient.ts';
import { accountKey } from '../../src/node/audit/keys.ts';
import { placeOf } from '../../src/node/audit/place.ts';
import { verifyInWorker } from '../../src/node/audit/verify/verifyInWorker.ts';
import type { Against } from '../../src/node/audit/verify/verifyLog.ts';
import { headsOf } from '../../src/node/audit/witness/seenHead.ts';
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

test('killed with -9 between approval and effect: the log says that it did not happen', async () => {
  const { folder, events } = await doomed('checkpoint');
  expect(readFileSync(join(folder, 'f1.txt'), 'utf8')).toBe('before\n');
  expect(events.findLast(({ type }) => type === 'answered')?.data).toMatchObject({ choice: 'approve', by: 'person' });
  expect(events.some(({ type }) => type === 'started')).toBe(false);
  expect(events.find(({ type, action }) => type === 'interrupted' && action !== undefined)?.data).toMatchObject({
    effect: 'did not happen',
  });
  expect(events.at(-1)).toMatchObject({
    type: 'interrupted',
    data: { reason: expect.stringContaining('gone') as string },
  });
});

test('killed with -9 between an edit at the card and its effect: the log has the edit, and that it did not happen', async () => {
  const { folder, events } = await doomed('edited');
  expect(readFileSync(join(folder, 'f1.txt'), 'utf8')).toBe('before\n');
  expect(events.findLast(({ type }) => type === 'answered')?.data).toMatchObject({ choice: 'approve-edited' });
  const proposed = events.findLast(({ type }) => type === 'proposed');
  expect(proposed).toMatchObject({
    data: { editedBy: 'person' },
    payload: { action: { arguments: { content: 'by the person\n' } }, editedFrom: { content: '1\n' } },
  });
  expect(events.some(({ type }) => type === 'started')).toBe(false);
  expect(events.find(({ type, action }) => type === 'interrupted' && action !== undefined)?.data).toMatchObject({
    effect: 'did not happen',
  });
});

test('killed with -9 right after the effect: the log says that it may have happened', async () => {
  const { folder, events } = await doomed('effect');
  expect(readFileSync(join(folder, 'f1.txt'), 'utf8')).toBe('1\n');
  expect(events.find(({ type, action }) => type === 'interrupted' && action !== undefined)?.data).toMatchObject({
    effect: 'may have happened',
  });
});

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
async function doomed(moment: 'checkpoint' | 'edited' | 'effect'): Promise<{ folder: string; events: AuditRecord[] }> {
  const base = await temporaryFolder();
  const folder = join(base, 'work');
  const data = join(base, 'data', 'oversign');
  await plant(folder, { 'f1.txt': 'before\n' });
  await plant(join(base, 'home'), { '.keep': '' });
  const child = spawn(process.execPath, ['test/support/doomedRun.ts', base, moment], { stdio: 'ignore' });
  expect(await new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))).toBe('SIGKILL');
  await using audit = await AuditClient.open(data);
  const marked = await audit.recover();
  expect(marked).toHaveLength(1);
  const against: Against = {
    account: { key: accountKey(data).publicKey, from: 'local' },
    testimonies: [{ name: 'witness', heads: headsOf(readFileSync(join(base, 'witness.jsonl'), 'utf8')).heads }],
    place: placeOf(data),
  };
  const verdict = await verifyInWorker({ file: audit.file, against }, new AbortController().signal);
  expect(verdict).toMatchObject({ ok: true });
  return { folder, events: await audit.events(marked[0] ?? '') };
}
