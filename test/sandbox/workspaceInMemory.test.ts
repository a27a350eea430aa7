import { mkdtempSync, realpathSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { UncountedWrites } from '../../src/node/sandbox/uncountedWrites.ts';
import { caged } from '../support/sandboxRun.ts';
import { plant, removeWhole, temporaryFolder } from '../support/tree.ts';

// What is written to files in memory stands in no process's count of bytes.

const MIB = 1024 ** 2;
const LIMITS = { diskBytes: 8 * MIB };
const isInMemory = statfsSync('/dev/shm').type === 0x01021994;
const why = isInMemory ? '' : '(skipped: /dev/shm is no tmpfs) ';

/** A temporary folder in memory. */
function inMemory(): string {
  const folder = realpathSync(mkdtempSync('/dev/shm/oversign-test-'));
  onTestFinished(() => removeWhole(folder));
  return folder;
}

const python = (text: string): string[] => ['/usr/bin/python3', '-c', `import os, time\n${text}\ntime.sleep(20)`];
const WAYS: [name: string, argv: string[]][] = [
  ['files', python('for i in range(6): open(str(i), "wb").write(bytes(6 << 20))')],
  [
    'files in a folder that is closed',
    python('os.mkdir("d"); [open(f"d/{i}", "wb").write(bytes(6 << 20)) for i in range(6)]; os.chmod("d", 0o300)'),
  ],
  [
    'files without a name',
    python(
      'kept = []\nfor i in range(6):\n  f = open("x", "wb+"); f.write(bytes(6 << 20)); f.flush(); os.unlink("x"); kept.append(f)',
    ),
  ],
];

test.skipIf(!isInMemory).each(WAYS)(
  `${why}in a workspace in memory a command is ended for what it writes, too: %s`,
  async (_, argv) => {
    const cage = await caged(inMemory());
    const { ending, use } = await cage.run(argv, { limits: LIMITS });
    expect(ending).toEqual({ kind: 'limit', limit: 'disk' });
    expect(use.diskBytes).toBeGreaterThan(LIMITS.diskBytes);
  },
);

test.skipIf(!isInMemory)(
  `${why}what others write beside it, and what stood there before, is not the command's`,
  async () => {
    const base = inMemory();
    await plant(base, { 'work/large': 'x'.repeat(12 * MIB) });
    await new Promise((resolve) => setTimeout(resolve, 200)); // the clock of files is coarse
    const writes = new UncountedWrites({ folders: [join(base, 'work')], without: new Set() }, LIMITS.diskBytes);
    await plant(base, { beside: 'x'.repeat(12 * MIB) });
    expect(writes.bytes([process.pid])).toBe(0);
    await writes.close();
    expect(writes.bytes([process.pid])).toBeLessThan(LIMITS.diskBytes);
    // The control: in the workspace it counts.
    const others = new UncountedWrites({ folders: [join(base, 'work')], without: new Set() }, LIMITS.diskBytes);
    await plant(base, { 'work/new': 'x'.repeat(12 * MIB) });
    await expect.poll(() => others.bytes([process.pid]), { timeout: 90_000 }).toBeGreaterThan(LIMITS.diskBytes);
    await others.close();
  },
);

test('where the file system counts, nothing is counted twice', async () => {
  const folder = await temporaryFolder();
  if (statfsSync(folder).type === 0x01021994) return;
  const writes = new UncountedWrites({ folders: [folder], without: new Set() }, LIMITS.diskBytes);
  await plant(folder, { new: 'x'.repeat(12 * MIB) });
  expect(writes.bytes([process.pid])).toBe(0);
  await writes.close();
  expect(writes.bytes([process.pid])).toBe(0);
});
