import { build } from 'esbuild';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PATHS = {
  filesystem: '@modelcontextprotocol/server-filesystem/dist/index.js',
  memory: '@modelcontextprotocol/server-memory/dist/index.js',
  everything: '@modelcontextprotocol/server-everything/dist/transports/stdio.js',
};

/** A server as its registry has it, with all that it needs in one file: a workspace of a test has no packages. */
export async function realServer(name: keyof typeof PATHS): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'server-'));
  const outfile = join(folder, 'server.mjs');
  await build({
    ...{ entryPoints: [`node_modules/${PATHS[name]}`], outfile, bundle: true, platform: 'node', format: 'esm' },
    banner: { js: "import { createRequire as made } from 'node:module'; const require = made(import.meta.url);" },
    logLevel: 'error',
  });
  return readFileSync(outfile, 'utf8');
}
