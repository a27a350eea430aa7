/**
 * `npm start`: builds Oversign and opens it on a copy of the sample workspace,
 * in desktop VS Code where there is one, else (or with `--browser`) in a VS Code
 * served to a browser on this machine.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cacheDir, installServer, linkExtension } from './install-server.ts';
import { EXIT_TYPE_A_LINE, prepareMachine, thisMachine } from './machine/prepare.ts';
import { sandboxProblem } from './machine/sandbox.ts';
import { reasonIn } from './machine/words.ts';
import { stopIfClosed } from './machine/writable.ts';
import { during, runQuietly } from './progress.ts';
import { startServer } from './vscode-server.ts';

const repository = join(import.meta.dirname, '..');
const windows = process.platform === 'win32';

const WALKTHROUGH = 'Five steps show what it does: press F1 and choose "Oversign: Get Started".';

const machine = thisMachine();
stopIfClosed(repository, machine);
if ((await prepareMachine('start', machine)) === 'stop') process.exit(EXIT_TYPE_A_LINE);
await build();
const sample = await freshSample();
await sayWhatSandboxLacks();
if (hasDisplay() && onPath('code') && !process.argv.includes('--browser')) openDesktop();
else await serve();

async function build(): Promise<void> {
  const script = [process.execPath, join(repository, 'esbuild.mjs')];
  const { code, output } = await during('Building Oversign', () => runQuietly(script, { cwd: repository }), {
    hasFailed: ({ code: ended }) => ended !== 0,
  });
  if (code === 0) return;
  console.error(output);
  process.exit(1);
}

/** A machine that cannot confine commands is told so, with what to do, and Oversign opens all the same. */
async function sayWhatSandboxLacks(): Promise<void> {
  const refusal = await sandboxProblem();
  if (refusal) console.log(`\n${refusal.cause}\nReading and editing work all the same. ${refusal.fix}\n`);
}

/** A copy, so that an agent's work never touches the repository; what an earlier one left is gone. */
async function freshSample(): Promise<string> {
  const copy = join(cacheDir, 'sample');
  await rm(copy, { recursive: true, force: true });
  await cp(join(repository, 'media', 'sample'), copy, { recursive: true });
  const identity = ['-c', 'user.name=Sample', '-c', 'user.email=sample@localhost', '-c', 'commit.gpgsign=false'];
  const steps = [
    ['init', '--quiet'],
    ['add', '--all'],
    [...identity, 'commit', '--quiet', '--message=Sample'],
  ];
  if (!onPath('git')) console.log('git is not installed: the sample is no repository.');
  else for (const args of steps) execFileSync('git', args, { cwd: copy, stdio: 'inherit' });
  return copy;
}

function openDesktop(): void {
  const args = [`--extensionDevelopmentPath=${repository}`, sample];
  const { status, error } = spawnSync('code', windows ? args.map((arg) => `"${arg}"`) : args, {
    stdio: 'inherit',
    shell: windows,
  });
  if (error) throw error;
  console.log('Oversign opens in VS Code. For a browser instead: npm start -- --browser');
  console.log(WALKTHROUGH);
  process.exitCode = status ?? 1;
}

async function serve(): Promise<void> {
  const libVscode = await installServer().catch((error: unknown) => {
    const said = error instanceof Error ? error.message : String(error);
    console.error(`\nThe VS Code server is not installed. ${said}${reasonIn(said)}\nThen start it again: npm start`);
    process.exit(1);
  });
  const workDir = join(cacheDir, 'start');
  await linkExtension(repository, join(workDir, 'extensions'));
  const server = await startServer({ libVscode, workDir });
  console.log(`\nOversign runs in VS Code at\n\n  ${server.url(sample)}\n\n${WALKTHROUGH}\nPress Ctrl+C to stop.`);
  if (hasDisplay()) openInBrowser(server.url(sample));
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    void server.ended.then(resolve);
  });
  await server.stop();
}

function openInBrowser(url: string): void {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  if (!windows && onPath(opener)) spawn(opener, [url], { stdio: 'ignore', detached: true }).unref();
}

function hasDisplay(): boolean {
  return windows || process.platform === 'darwin' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
}

function onPath(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const endings = windows ? ['.exe', '.cmd'] : [''];
  return folders.some((folder) => endings.some((ending) => existsSync(join(folder, program + ending))));
}
