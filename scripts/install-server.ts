/**
 * The VS Code server that development and tests run in: code-server's build of
 * VS Code from the npm registry, in a cache folder that git ignores.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { during, runQuietly, sizeOf } from './progress.ts';

const version = '4.139.1';
// npm's own pauses between two tries add up to minutes in which nothing is said; and what its cache has of a pinned
// version is not asked for again.
const patience = ['--prefer-offline', '--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=10000'];
const npmFlags = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...patience];

/** The repository's cache for editors, samples and profiles. */
export const cacheDir = path.join(import.meta.dirname, '..', '.vscode-test');

/**
 * Makes sure the pinned VS Code server is installed and returns its `lib/vscode`
 * folder. The first call takes about 15 seconds and 600 MB and shows how far it
 * is; later calls return at once. An install that breaks off leaves nothing
 * behind that a later call would take for good, and two calls may race.
 *
 * @throws when npm fails; the message holds npm's last lines.
 */
export async function installServer(): Promise<string> {
  const target = path.join(cacheDir, `code-server-${version}`);
  const inner = path.join('node_modules', 'code-server', 'lib', 'vscode');
  if (existsSync(target)) return path.join(target, inner);

  await mkdir(cacheDir, { recursive: true });
  await sweepStaging();
  const staging = await mkdtemp(path.join(cacheDir, `${STAGING}${process.pid}-`));
  const words = `Installing the VS Code server (code-server ${version}) from npm, once, about 600 MB`;
  try {
    await during(
      words,
      async () => {
        // Without a manifest of its own npm would climb up and install into the repository.
        const manifest = { private: true, dependencies: { 'code-server': version } };
        await writeFile(path.join(staging, 'package.json'), JSON.stringify(manifest));
        await npm(npmFlags, staging);
        await npm([...npmFlags, '--omit=dev'], path.join(staging, inner));
        // What VS Code's own language extensions share: TypeScript above all.
        await npm([...npmFlags, '--omit=dev'], path.join(staging, inner, 'extensions'));
      },
      { measure: () => sizeOf(staging) },
    );
    // The staging folder was made for its owner alone; other users may run the server too.
    await chmod(staging, 0o755);
    await moveIntoPlace(staging, target);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return path.join(target, inner);
}

const STAGING = '.staging-'; // then the process that fills it, and something random

/** What an install that was killed has left: the folders of processes that are gone. Leftovers are no reason to fail. */
async function sweepStaging(): Promise<void> {
  const names = (await readdir(cacheDir)).filter((name) => name.startsWith(STAGING));
  for (const name of names) {
    const pid = Number(name.slice(STAGING.length).split('-')[0]);
    // A folder with this process's own number is from a process before it: this one has made none yet.
    if (pid !== process.pid && isAlive(pid)) continue;
    await rm(path.join(cacheDir, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Installs a packaged extension as a user would, for servers started with the same `extensionsDir`. */
export async function installExtension(libVscode: string, vsix: string, extensionsDir: string): Promise<void> {
  await mkdir(extensionsDir, { recursive: true });
  const args = ['--install-extension', vsix, '--extensions-dir', extensionsDir, '--server-data-dir', extensionsDir];
  await promisify(execFile)(process.execPath, [path.join(libVscode, 'out', 'server-main.js'), ...args, '--force']);
}

/** Uninstalls an extension as a user would. */
export async function uninstallExtension(libVscode: string, id: string, extensionsDir: string): Promise<void> {
  const args = ['--uninstall-extension', id, '--extensions-dir', extensionsDir, '--server-data-dir', extensionsDir];
  await promisify(execFile)(process.execPath, [path.join(libVscode, 'out', 'server-main.js'), ...args]);
}

/**
 * Makes the extension in the folder `source` part of a fresh `extensionsDir` without
 * packaging it: a rebuild plus a window reload is all it takes to see a change.
 */
export async function linkExtension(source: string, extensionsDir: string): Promise<void> {
  await mkdir(extensionsDir, { recursive: true });
  const link = path.join(extensionsDir, path.basename(source));
  await rm(link, { force: true });
  await symlink(source, link, 'junction');
  // The server's list of installed extensions: without it the folder is read anew.
  await rm(path.join(extensionsDir, 'extensions.json'), { force: true });
}

async function moveIntoPlace(staging: string, target: string): Promise<void> {
  try {
    await rename(staging, target);
  } catch (error) {
    // Another process was faster; its install is as complete as this one.
    if (!existsSync(target)) throw error;
  }
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  const { code, output } = await runQuietly(['npm', ...args], { cwd });
  if (code !== 0) throw new Error(`npm ${args.join(' ')} failed with code ${code}:\n${output}`);
}
