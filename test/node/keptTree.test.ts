import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KeptTree } from '../../src/node/checkpoint/tree/keptTree.ts';
import { SCAN_LIMITS } from '../../src/node/checkpoint/tree/scan.ts';
import { sha256 } from '../../src/node/files/hash.ts';
import { temporaryFolder } from '../support/tree.ts';

test('a folder that is swapped for a link between the look and the reading: nothing of elsewhere is kept', async () => {
  const base = await temporaryFolder();
  const [root, outside, kept] = [join(base, 'root'), join(base, 'outside'), join(base, 'kept')];
  for (const folder of [join(root, 'd'), outside]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(root, 'd', 'key'), 'of the workspace');
  writeFileSync(join(root, 'other'), 'stays');
  writeFileSync(join(outside, 'key'), 'a secret of elsewhere');
  const tree = new KeptTree(root, kept, SCAN_LIMITS);
  const { unread } = tree.look(true);
  expect(unread.sort()).toEqual(['d/key', 'other']);
  renameSync(join(root, 'd'), join(root, 'd2'));
  symlinkSync(outside, join(root, 'd'));
  tree.keep(unread);
  tree.settle([]);
  tree.close();
  const entries = readFileSync(join(kept, 'entries.jsonl'), 'utf8');
  expect(entries).not.toContain(sha256(Buffer.from('a secret of elsewhere')));
  expect(entries).toContain(sha256(Buffer.from('stays'))); // or nothing was kept at all
});
