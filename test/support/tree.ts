import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * A temporary folder of the test's own, gone when it ends. Its path is real (no link in it). Tests that run side by side
 * say what it ends with (`onTestFinished` of their context).
 */
export async function temporaryFolder(atEnd: (work: () => Promise<void>) => void = onTestFinished): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'oversign-test-')));
  atEnd(() => removeWhole(folder));
  return folder;
}

/** Removes a folder although tests closed parts of it to their owner (modes 000 and 311); root never notices. */
export async function removeWhole(folder: string): Promise<void> {
  spawnSync('chmod', ['-R', 'u+rwX', folder], { stdio: 'ignore' });
  await rm(folder, { recursive: true, force: true });
}

/** Writes files below a folder: names (with slashes) to contents. */
export async function plant(folder: string, files: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}
