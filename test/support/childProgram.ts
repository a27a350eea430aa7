import { join } from 'node:path';
import { build } from 'esbuild';

/** `sandboxChild.ts` as one file in a folder, for accounts that may not read the repository; returns its path. */
export function sandboxChild(folder: string): Promise<string> {
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
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}
