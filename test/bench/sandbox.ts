import { existsSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { startProcess } from '../../src/node/process/spawn.ts';
import { emptyCage } from '../../src/node/sandbox/cage.ts';
import { HostSandbox } from '../../src/node/sandbox/hostSandbox.ts';
import { findMachine, known } from '../../src/node/sandbox/machine.ts';
import { optionBytes } from '../../src/node/sandbox/runInCage.ts';

type Pair = (name: string, ours: () => unknown, other: () => unknown, each: number, breathMs: number) => Promise<void>;
const BREATH_MS = 40;

const TRUE = ['/bin/sh', '-c', 'true'];

/**
 * Starting a command that does nothing: in the sandbox, in a bare bubblewrap with the same mounts, in no sandbox, and in
 * others' sandboxes where they are installed. Between two commands there is a breath, as there is in a run.
 */
export async function benchSandbox(base: string, pair: Pair): Promise<void> {
  const workspace = join(base, 'ws');
  const home = join(base, 'home');
  for (const folder of [workspace, home]) await mkdir(folder);
  const sandbox = new HostSandbox({ data: join(base, 'data'), config: join(base, 'config'), home }, process.env, [
    workspace,
  ]);
  const limits = { memoryBytes: 1 << 30, cpuSeconds: 60, diskBytes: 1 << 30, processes: 256 };
  const environment = await sandbox.environment([]);
  const inCage = (mode: 'writable' | 'read-only') => () =>
    sandbox.run(
      {
        launch: { argv: TRUE, cwd: workspace, environment, workspace: mode, secrets: 'hidden' },
        folders: [workspace],
        isDenied: () => false,
        isProtected: () => false,
        isHidden: () => false,
        deniesInside: false,
        deniedOutside: [],
        limits,
        timeoutMs: 10_000,
        outputCap: 1000,
      },
      new AbortController().signal,
    );
  const plain = async (file: string, args: readonly string[]): Promise<void> => {
    const child = await startProcess({ file, args, cwd: workspace, environment, outputCap: 1000 });
    const { code, output } = await child.ended;
    if (code !== 0) throw new Error(`${file}: ${output.toString()}`);
  };
  const machine = await findMachine({
    data: await mkdtemp(join(base, 'bare-')),
    home,
    toolchains: [],
    known: known(),
  });
  if ('works' in machine) throw new Error(machine.cause);
  const cage = { ...emptyCage(machine.base), environment, cwd: workspace, temporaryBytes: limits.diskBytes };
  const bare = async (): Promise<void> => {
    const child = await startProcess({
      file: '/usr/bin/bwrap',
      args: ['--args', '3', '--', ...TRUE],
      cwd: '/',
      environment: {},
      onDescriptor3: optionBytes({ ...cage, writable: [workspace] }),
      readDescriptor4: true,
      onDescriptor6: machine.machinery.filter,
      outputCap: 1000,
    });
    const { code, output } = await child.ended;
    if (code !== 0) throw new Error(`bwrap: ${output.toString()}`);
  };
  await pair(
    'sandboxed command that only looks / bare bubblewrap, same mounts',
    inCage('read-only'),
    bare,
    1,
    BREATH_MS,
  );
  await pair('sandboxed command / bare bubblewrap, same mounts', inCage('writable'), bare, 1, BREATH_MS);
  await pair(
    'sandboxed command / plain spawn',
    inCage('writable'),
    () => plain('/bin/sh', ['-c', 'true']),
    1,
    BREATH_MS,
  );
  for (const [name, file, args] of others()) {
    await pair(`sandboxed command / ${name}`, inCage('writable'), () => plain(file, args), 1, BREATH_MS);
  }
  await sandbox.close();
}

/** Sandboxes of others, where the bench finds them installed. */
function others(): [name: string, file: string, args: string[]][] {
  const found: [string, string, string[]][] = [];
  const require = createRequire(import.meta.url);
  const programOf = (name: string, path: string): string | undefined => {
    try {
      const file = join(
        require.resolve.paths(name)?.find((folder) => existsSync(join(folder, name))) ?? '',
        name,
        path,
      );
      return existsSync(file) ? file : undefined;
    } catch {
      return undefined;
    }
  };
  const runtime = programOf('@anthropic-ai/sandbox-runtime', 'dist/cli.js');
  if (runtime !== undefined && existsSync('/usr/bin/rg') && existsSync('/usr/bin/socat'))
    found.push(['sandbox-runtime (its command)', process.execPath, [runtime, '-c', 'true']]);
  const codex = programOf('@openai/codex', 'bin/codex.js');
  if (codex !== undefined)
    found.push(['codex sandbox (its command)', process.execPath, [codex, 'sandbox', 'linux', '--', 'true']]);
  if (found.length < 2)
    console.log('(not every other sandbox is installed: sandbox-runtime wants rg and socat, codex is optional)');
  return found;
}
