import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { survey } from '../../src/node/sandbox/survey.ts';
import { temporaryFolder } from '../support/tree.ts';

test('a workspace with too many entries is refused with the folder that holds them, and runs without it', async () => {
  const folder = await temporaryFolder();
  const rules = { isHidden: () => false, isProtected: () => false, isAboveProtected: () => false, most: 500 };
  for (let i = 0; i < 60; i += 1) {
    mkdirSync(join(folder, 'src/big', String(i)), { recursive: true });
    for (let k = 0; k < 10; k += 1) writeFileSync(join(folder, 'src/big', String(i), String(k)), '');
  }
  await expect(survey([folder], rules, 'before')).rejects.toThrow(
    /more than 500 entries, most of them in \S+\/src\/big; no command runs, .* Delete that folder, move it out .* or deny it/,
  );
  // What the refusal advises helps.
  const denied = (path: string): boolean => path === join(folder, 'src/big');
  const found = await survey([folder], { ...rules, isHidden: denied }, 'before');
  expect(found).toMatchObject({ entries: 2, deniedFolders: [join(folder, 'src/big')] });
  expect((await survey([folder], { ...rules, most: 1000 }, 'before')).entries).toBe(662);
});

test('a stop ends the look before a command', async () => {
  const folder = await temporaryFolder();
  const rules = {
    isHidden: () => false,
    isProtected: () => false,
    isAboveProtected: () => false,
    signal: AbortSignal.abort(),
  };
  await expect(survey([folder], rules, 'before')).rejects.toThrow();
});
