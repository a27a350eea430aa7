import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, inject, test } from 'vitest';
import { SCAN_LIMITS } from '../../src/node/checkpoint/tree/scan.ts';
import type { TreeReply, TreeRequest } from '../../src/node/checkpoint/tree/treeWorker.ts';
import { temporaryFolder } from '../support/tree.ts';

// What is installed is the bundle: there, too, a workspace is looked at in a thread of its own.
test('the built tree worker looks at a workspace, keeps it, and says what changed', async () => {
  const base = await temporaryFolder();
  cpSync(dirname(dirname(inject('oversign'))), join(base, 'installed'), { recursive: true });
  const tree = { root: join(base, 'work'), folder: join(base, 'kept'), limits: SCAN_LIMITS };
  mkdirSync(tree.root);
  writeFileSync(join(tree.root, 'a.txt'), 'one\n');
  const worker = new Worker(join(base, 'installed/dist/tree-worker.js'), { env: {} });
  const ask = (request: TreeRequest): Promise<TreeReply> =>
    new Promise((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
      worker.postMessage(request);
    });
  try {
    expect(await ask({ ...tree, id: 1, call: 'look', mayBeginAnew: true })).toMatchObject({
      answer: { unread: ['a.txt'], made: ['a.txt'], isTooMuch: false },
    });
    await ask({ ...tree, id: 2, call: 'keep', paths: ['a.txt'] });
    expect(await ask({ ...tree, id: 3, call: 'settle', ignored: [] })).toMatchObject({
      answer: [{ path: 'a.txt', after: { kind: 'file', size: 4 } }],
    });
  } finally {
    await worker.terminate();
  }
});
