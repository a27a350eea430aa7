import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SandboxResult } from '../../src/core/sandbox/port.ts';
import { EntryWatch, mostEntries } from '../../src/node/sandbox/entryWatch.ts';
import { ordinaryAccount, type OrdinaryAccount } from '../support/ordinaryAccount.ts';
import { caged } from '../support/sandboxRun.ts';
import { temporaryFolder } from '../support/tree.ts';

const MIB = 1024 ** 2;
/** A share of the disk that 4096 entries would fill. */
const LIMITS = { diskBytes: 16 * MIB };

/** Makes up to `count` entries of a kind, a thousand in a folder, and then waits to be seen. */
function maker(kind: 'file' | 'folder' | 'link' | 'name', count: number): string {
  const make = {
    file: 'os.close(os.open(at, os.O_CREAT | os.O_WRONLY))',
    folder: 'os.mkdir(at)',
    link: 'os.symlink("x", at)',
    name: 'os.link("one", at)',
  }[kind];
  return `/usr/bin/python3 - <<'PY'
import os, time
open('one', 'w').close()
for i in range(${count}):
    if i % 1000 == 0: os.mkdir(f'd{i}')
    at = f'd{i - i % 1000}/{i}'
    ${make}
print('made')
end = time.monotonic() + 20
while ${count} > 4096 and time.monotonic() < end: time.sleep(0.05)
PY`;
}

const limitOf = ({ ending }: SandboxResult): string | undefined => (ending.kind === 'limit' ? ending.limit : undefined);

let account: OrdinaryAccount;
beforeAll(async () => {
  account = await ordinaryAccount('oversign-files');
});
afterAll(() => account.close());

test.each(['file', 'folder', 'link', 'name'] as const)('entries without content end a command: %s', async (kind) => {
  const cage = await caged(await temporaryFolder());
  const result = await cage.run(maker(kind, 30_000), { limits: LIMITS });
  // ext4 counts the first block of a folder as written: that may be over first.
  expect(kind === 'folder' ? ['files', 'disk'] : ['files']).toContain(limitOf(result));
  const few = await caged(await temporaryFolder());
  expect(await few.run(maker(kind, 1000), { limits: LIMITS })).toMatchObject({
    ending: { kind: 'exited', code: 0 },
    output: 'made\n',
  });
});

test('the same holds for an ordinary account', async () => {
  const [many, rest] = await account.run([maker('file', 30_000), 'rm -rf d*; ls | wc -l'], { limits: LIMITS });
  expect(many?.ending).toEqual({ kind: 'limit', limit: 'files' });
  expect(rest?.ending).toEqual({ kind: 'exited', code: 0 });
});

test('what was there before does not count, nor what is hidden from the command', async () => {
  const cage = await caged(await temporaryFolder());
  for (const folder of ['there', 'hidden.key']) {
    mkdirSync(join(cage.folder, folder));
    for (let i = 0; i < 6000; i += 1) writeFileSync(join(cage.folder, folder, String(i)), '');
  }
  const result = await cage.run(`${maker('file', 2000)}\nsleep 2`, { limits: LIMITS, denied: ['*.key'] });
  expect(result.ending).toEqual({ kind: 'exited', code: 0 });
});

test('names that are added while room is freed beside them are counted', async () => {
  const folder = await temporaryFolder();
  const ballast = join(folder, 'ballast');
  writeFileSync(ballast, Buffer.alloc(32 * MIB));
  const watch = new EntryWatch({ folders: [folder], without: new Set() }, { before: 1, most: 4096 });
  writeFileSync(ballast, '');
  for (let i = 0; i < 5000; i += 1) linkSync(ballast, join(folder, String(i)));
  await expect.poll(() => watch.added(1), { timeout: 15_000 }).toBeGreaterThan(4096);
  await watch.close();
});

test('a command that had no processor time is not blamed for what others make', async () => {
  const folder = await temporaryFolder();
  const watch = new EntryWatch({ folders: [folder], without: new Set() }, { before: 0, most: 100 });
  for (let i = 0; i < 200; i += 1) writeFileSync(join(folder, String(i)), '');
  await expect.poll(() => watch.added(1)).toBeGreaterThan(100);
  expect(watch.added(0)).toBe(0);
  await watch.close();
});

test('a command cannot add so much that no other one would run', () => {
  expect(mostEntries(Number.MAX_SAFE_INTEGER)).toBe(250_000);
  expect(mostEntries(16 * MIB)).toBe(4096);
});
