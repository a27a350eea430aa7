import { join } from 'node:path';
import { build } from 'esbuild';

/** `sandboxChild.ts` as one file in a folder, for accounts that may not read the repository; returns its path. */
export async function sandboxChild(folder: string): Promise<string> {
  const worker = '../../src/node/sandbox/knownFolders/watchWorker.ts';
  await inOneFile(join(import.meta.dirname, worker), join(folder, 'watch-worker.js'));
  return inOneFile(join(import.meta.dirname, 'sandboxChild.ts'), join(folder, 'child.mjs'));
}

/** A module with all that it imports, for the same. */
export async function inOneFile(module: string, outfile: string): Promise<string> {
  await build({
    entryPoints: [module],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    // Its other form loads parts of it by names that no bundle knows.
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}
