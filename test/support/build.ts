import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '..', '..');

/** Builds what is shipped, into a folder of the caller's own: others may build into `dist` meanwhile. */
export async function built(): Promise<{ folder: string; oversign: string }> {
  await mkdir(join(repository, 'test-results'), { recursive: true });
  const folder = await mkdtemp(join(repository, 'test-results', 'built-'));
  execFileSync(process.execPath, ['esbuild.mjs', join(folder, 'dist')], { cwd: repository, stdio: 'inherit' });
  await copyFile(join(repository, 'package.json'), join(folder, 'package.json'));
  return { folder, oversign: join(folder, 'dist', 'cli.js') };
}
