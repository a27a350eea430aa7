import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { installExtension, installServer } from '../../scripts/install-server.ts';
import { packageExtension } from '../../scripts/package.ts';

declare module 'vitest' {
  interface ProvidedContext {
    libVscode: string;
    extensions: string;
  }
}

/** What users install is what is tested: the VSIX is packed and installed once. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const libVscode = await installServer();
  const extensions = await mkdtemp(join(tmpdir(), 'oversign-extensions-'));
  await installExtension(libVscode, packageExtension(), extensions);
  project.provide('libVscode', libVscode);
  project.provide('extensions', extensions);
  return () => rm(extensions, { recursive: true, force: true });
}
