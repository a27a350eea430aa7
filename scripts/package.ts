/** `npm run package`: builds, and packs `oversign-VERSION.vsix`, the file that users install. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '..');

/** Builds and packs; returns the path of the VSIX. Everything it needs at run time is in the bundles. */
export function packageExtension(): string {
  const run = (script: string, args: string[]): void => {
    execFileSync(process.execPath, [script, ...args], { cwd: repository, stdio: ['ignore', 'inherit', 'inherit'] });
  };
  run('esbuild.mjs', []);
  const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string };
  const file = join(repository, `oversign-${manifest.version}.vsix`);
  run(join('node_modules', '@vscode', 'vsce', 'vsce'), [
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    file,
  ]);
  return file;
}

if (import.meta.main) packageExtension();
