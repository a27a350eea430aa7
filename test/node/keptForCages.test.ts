import { mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { indexFolder, pruneIndexes } from '../../src/node/sandbox/places/keptIndexes.ts';
import { NearFolders } from '../../src/node/sandbox/places/near.ts';
import { temporaryFolder } from '../support/tree.ts';

test('indexes that were made for cages have an end', async () => {
  const data = await temporaryFolder();
  pruneIndexes(data); // there are none yet
  mkdirSync(indexFolder(data));
  const made = (name: string, days: number): void => {
    const file = join(indexFolder(data), name);
    writeFileSync(file, '');
    const at = new Date(Date.now() - days * 86_400_000);
    utimesSync(file, at, at);
  };
  made('new', 0);
  made('last-week', 6);
  made('old', 8);
  made('old-and-half-written', 30);
  pruneIndexes(data);
  expect(readdirSync(indexFolder(data)).sort()).toEqual(['last-week', 'new']);
  for (let index = 0; index < 60; index += 1) made(`of-${index}`, 1 + index / 60);
  pruneIndexes(data);
  const kept = readdirSync(indexFolder(data));
  expect(kept).toHaveLength(50);
  expect(kept).toContain('new');
  expect(kept).not.toContain('of-59');
});

test('what upper folders hold is read again where a name in them changed, and only there', async () => {
  const root = join(await temporaryFolder(), 'work');
  for (const folder of ['app', 'lib']) mkdirSync(join(root, folder), { recursive: true });
  await pause(150); // what changed a moment ago is not relied on
  const near = new NearFolders();
  const look = () => near.find([root], () => false);
  const names = (): string[] => look().flatMap(({ entries }) => entries.map(({ name }) => name));
  const first = look();
  expect(look()).toBe(first);
  mkdirSync(join(root, 'app/.venv'));
  writeFileSync(join(root, 'app/.venv/pyvenv.cfg'), '');
  expect(names()).toContain('pyvenv.cfg');
  await pause(150);
  const second = look();
  expect(look()).toBe(second);
  // Another folder of that name, with the same times.
  mkdirSync(join(root, '../other'));
  writeFileSync(join(root, '../other/package.json'), '');
  renameSync(join(root, 'lib'), join(root, '../gone'));
  renameSync(join(root, '../other'), join(root, 'lib'));
  utimesSync(join(root, 'lib'), 0, 0);
  utimesSync(root, 0, 0);
  expect(names()).toContain('package.json');
});
