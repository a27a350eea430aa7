import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, inject, test } from 'vitest';
import type { WatchReply, WatchRequest } from '../../src/node/sandbox/knownFolders/watchWorker.ts';
import { temporaryFolder } from '../support/tree.ts';

// What is installed is the bundle: there, too, folders are watched in a thread of its own.
test('the built watch worker lists folders, and tells what changed in them', async () => {
  const base = await temporaryFolder();
  cpSync(dirname(dirname(inject('oversign'))), join(base, 'installed'), { recursive: true });
  const [root, marks] = [join(base, 'work'), join(base, 'marks')];
  for (const folder of [join(root, 'inner'), marks]) mkdirSync(folder, { recursive: true });
  const workerData = { roots: [root], marks, limits: { queued: 16_384, folders: 100 } };
  const worker = new Worker(join(base, 'installed/dist/watch-worker.js'), { env: {}, workerData });
  const ask = (request: WatchRequest): Promise<WatchReply> =>
    new Promise((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
      worker.postMessage(request);
    });
  try {
    expect(await ask({ kind: 'list', folders: [{ path: root, fresh: true }] })).toEqual({
      kind: 'listed',
      listings: [{ names: ['inner'], kinds: ['folder'] }],
    });
    writeFileSync(join(root, 'new.txt'), '');
    expect(await ask({ kind: 'changes' })).toEqual({
      kind: 'changed',
      changed: new Map([[root, new Set(['new.txt'])]]),
    });
  } finally {
    await worker.terminate();
  }
});
