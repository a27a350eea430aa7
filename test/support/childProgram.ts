import { join } from 'node:path';
import { build } from 'esbuild';

/** `sandboxChild.ts` as one file in a folder, for accounts that may not read the repository; returns its path. */
export async function sandboxChild(folder: string): Promise<string> {
  const outfile = join(folder, 'child.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'sandboxChild.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}
