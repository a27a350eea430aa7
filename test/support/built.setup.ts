import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The command line as it is shipped: one that Node loads in a fifth of the time that the sources take. */
    oversign: string;
  }
}

const repository = join(import.meta.dirname, '..', '..');

/** Builds what is shipped once, into a folder of this run's own: others may build into `dist` meanwhile. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await mkdir(join(repository, 'test-results'), { recursive: true });
  const folder = await mkdtemp(join(repository, 'test-results', 'built-'));
  execFileSync(process.execPath, ['esbuild.mjs', join(folder, 'dist')], { cwd: repository, stdio: 'inherit' });
  await copyFile(join(repository, 'package.json'), join(folder, 'package.json'));
  project.provide('oversign', join(folder, 'dist', 'cli.js'));
  return () => rm(folder, { recursive: true, force: true });
}
