import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { runHostSuite, type HostResult } from './launch.ts';

/** Libraries written for CommonJS ask for `require`. */
const REQUIRE =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** Builds the suite and runs it in a real extension host, on a workspace with a copy of the sample, with folders of its own. `env`: more for its environment. */
export async function runSuite(repository: string, env: Readonly<Record<string, string>> = {}): Promise<HostResult> {
  const work = await mkdtemp(join(tmpdir(), 'oversign-host-'));
  try {
    const folder = join(work, 'sample');
    await cp(join(repository, 'media', 'sample'), folder, { recursive: true });
    // A workspace file: to a window of one folder none can be added without a reload.
    const workspace = join(work, 'sample.code-workspace');
    await writeFile(workspace, JSON.stringify({ folders: [{ path: 'sample' }] }));
    // Engines of the tests' own have the workers beside them that the extension's has.
    await cp(join(repository, 'dist'), work, { recursive: true });
    await writeFile(join(work, 'package.json'), '{"type":"module"}');
    const suite = join(work, 'suite.mjs');
    await build({
      entryPoints: [join(repository, 'test', 'host', 'suite.ts')],
      outfile: suite,
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['vscode'],
      alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
      banner: { js: REQUIRE },
      logLevel: 'warning',
    });
    return await runHostSuite({
      extensionPath: repository,
      beside: join(repository, 'test', 'host', 'modelProvider'),
      suitePath: suite,
      workspace,
      // In a browser it is on; what is typed slowly would be saved half-way.
      settings: { 'files.autoSave': 'off' },
      env: { ...env, XDG_DATA_HOME: join(work, 'data'), XDG_CONFIG_HOME: join(work, 'config') },
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
