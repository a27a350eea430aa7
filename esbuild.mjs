// Builds everything that runs: the extension and the command line (ESM, shared chunks, loaded on first use), the
// workers, and the panel; and the notices of what is in them. `dist/meta*.json` is what the boundary test reads.
//
// usage: esbuild.mjs [FOLDER]   default: dist
import { build } from 'esbuild';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { noticesOf } from './scripts/notices.mjs';

const outdir = process.argv[2] ?? 'dist';

await rm(outdir, { recursive: true, force: true });

const common = {
  bundle: true,
  minify: true,
  sourcemap: false,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
};

const node = await build({
  ...common,
  entryPoints: {
    extension: 'src/extension.ts',
    cli: 'src/cli.ts',
    'audit-worker': 'src/node/audit/worker.ts',
    'verify-worker': 'src/node/audit/verify/verifyWorker.ts',
    'search-worker': 'src/node/search/searchWorker.ts',
    'tree-worker': 'src/node/checkpoint/tree/treeWorker.ts',
    'watch-worker': 'src/node/sandbox/knownFolders/watchWorker.ts',
    'page-child': 'src/node/web/pageChild.ts',
    'sqlite-child': 'src/node/database/sqliteChild.ts',
    'postgres-worker': 'src/node/database/postgresWorker.ts',
  },
  outdir,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  splitting: true,
  // Those of pg are never asked for: the native client, and the file with everybody's passwords.
  external: ['vscode', 'pg-native', 'pgpass'],
  // Its other form finds its own parts by a `require` that no bundler sees.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  // Libraries written for CommonJS ask for `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});

const panel = await build({
  ...common,
  entryPoints: { webview: 'webview/main.tsx' },
  outdir,
  platform: 'browser',
  target: 'es2024',
  // In parts: what colours code is loaded with the first code.
  format: 'esm',
  splitting: true,
  chunkNames: 'panel-[name]-[hash]',
  jsx: 'automatic',
  loader: { '.ttf': 'file' },
  assetNames: '[name]',
  define: { 'process.env.NODE_ENV': '"production"' },
});

// The command line is started by name.
await chmod(`${outdir}/cli.js`, 0o755);
await writeFile(`${outdir}/meta-node.json`, JSON.stringify(node.metafile));
await writeFile(`${outdir}/meta-panel.json`, JSON.stringify(panel.metafile));
await writeFile(`${outdir}/THIRD-PARTY-NOTICES.txt`, noticesOf([node.metafile, panel.metafile]));
