import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** The one line of arming.ts that makes a card wait. */
const WAITS = "return { kind: 'settling', sight, since: now, seen: now };";

const withoutWait: Plugin = {
  name: 'without-wait',
  setup(bundle) {
    bundle.onLoad({ filter: /src\/shared\/arming\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (!source.includes(WAITS)) throw new Error('arming.ts has no such line: the control would control nothing');
      return { contents: source.replace(WAITS, "return { kind: 'armed', sight, seen: now };"), loader: 'ts' };
    });
  },
};

/** The panel, built as it is shipped, but whose cards can be approved the moment that they appear. */
export async function unarmedPanel(): Promise<string> {
  const outdir = join('test-results', 'panel-unarmed');
  await build({
    ...{ entryPoints: { webview: 'webview/main.tsx' }, outdir, plugins: [withoutWait] },
    ...{ bundle: true, minify: true, format: 'esm', splitting: true, platform: 'browser', target: 'es2024' },
    ...{ jsx: 'automatic', loader: { '.ttf': 'file' }, assetNames: '[name]', logLevel: 'warning' },
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  return outdir;
}
