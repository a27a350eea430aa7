import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BlobCheckpoints } from '../../src/node/checkpoint/blobCheckpoints.ts';
import { placeIn } from '../support/places.ts';
import { temporaryFolder } from '../support/tree.ts';

const ANYTHING = { kind: 'anything' } as const;

test('what was foreseen is held: where less would come back by then, nothing is begun, and the next question says so', async () => {
  const [data, root] = [await temporaryFolder(), await temporaryFolder()];
  writeFileSync(join(root, 'a.txt'), 'one\n');
  const checkpoints = new BlobCheckpoints(data);
  const place = placeIn(root);
  const how = { undo: 'whole', place } as const;
  expect(await checkpoints.foreseeAnything(place)).toEqual({ undo: { kind: 'whole' }, repositories: [] });
  const first = await checkpoints.begin({ run: 'r', action: 'a' }, ANYTHING, how);
  await first.end([]);
  mkdirSync(join(root, 'node_modules'));
  // Foreseen as the last look found it, and not by another look.
  expect((await checkpoints.foreseeAnything(place)).undo).toEqual({ kind: 'whole' });
  await expect(checkpoints.begin({ run: 'r', action: 'b' }, ANYTHING, how)).rejects.toThrow(
    '`node_modules` came since',
  );
  expect((await checkpoints.foreseeAnything(place)).undo).toEqual({ kind: 'partly', leftOut: ['node_modules'] });
  const second = await checkpoints.begin({ run: 'r', action: 'c' }, ANYTHING, how);
  rmSync(join(root, 'node_modules'), { recursive: true });
  await second.end([]);
  // More than was foreseen may come back.
  const third = await checkpoints.begin({ run: 'r', action: 'd' }, ANYTHING, how);
  await third.end([]);
});

test('what is covered follows the policy, and a change of that in the middle of a command is no change of files', async () => {
  const [data, root] = [await temporaryFolder(), await temporaryFolder()];
  mkdirSync(join(root, 'build'));
  mkdirSync(join(root, 'node_modules'));
  writeFileSync(join(root, 'build/out.js'), 'made\n');
  writeFileSync(join(root, 'node_modules/m.js'), 'made\n');
  writeFileSync(join(root, 'large.bin'), 'x'.repeat(2000));
  const checkpoints = new BlobCheckpoints(data);
  const standard = placeIn(root);
  const own = placeIn(root, { covers: { leaves: ['build'], fileBytes: 1000 } });
  expect((await checkpoints.foreseeAnything(own)).undo).toEqual({ kind: 'partly', leftOut: ['build', 'large.bin'] });
  expect((await checkpoints.foreseeAnything(standard)).undo).toEqual({ kind: 'partly', leftOut: ['node_modules'] });
  // The same tree, looked at under other rules while an action is open.
  const open = await checkpoints.begin({ run: 'r', action: 'x' }, ANYTHING, { undo: 'none', place: standard });
  await checkpoints.prepare(own);
  await checkpoints.prepare(standard);
  expect(await open.end([])).toMatchObject({ extent: 'seen', paths: [] });
});
