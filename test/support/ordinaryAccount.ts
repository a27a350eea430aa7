import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { SandboxResult } from '../../src/core/sandbox/port.ts';
import { removeWhole } from './tree.ts';
import type { ChildJob } from './sandboxChild.ts';

export interface OrdinaryAccount {
  /** Its folder; the workspace is `work` in there. */
  folder: string;
  /** Runs commands in the sandbox of a process of that account, one after the other. */
  run(commands: ChildJob['commands'], options?: ChildJob['options']): Promise<SandboxResult[]>;
  /** Makes what was put into its folder the account's own. */
  own(): void;
  close(): Promise<void>;
}

/**
 * An account that is not root, and without control groups on the machines of the tests: this one, or one of that name
 * made for the test.
 */
export async function ordinaryAccount(user: string): Promise<OrdinaryAccount> {
  const isRoot = process.getuid?.() === 0;
  const name = isRoot ? user : userInfo().username;
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'oversign-account-')));
  chmodSync(base, 0o755);
  const folder = join(base, 'account');
  mkdirSync(folder);
  await build({
    entryPoints: [join(import.meta.dirname, 'sandboxChild.ts')],
    outfile: join(base, 'child.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const remove = (): void => {
    if (readFileSync('/etc/passwd', 'utf8').includes(`\n${name}:`))
      execFileSync('userdel', ['-r', name], { stdio: 'ignore' });
  };
  const own = (): void => {
    if (isRoot) execFileSync('chown', ['-R', '-h', `${name}:`, folder]);
  };
  let node = process.execPath;
  if (isRoot) {
    remove();
    execFileSync('useradd', ['-m', '-s', '/bin/bash', name]);
    // The repository may lie where only root can read.
    node = join(base, 'node');
    copyFileSync(process.execPath, node);
    chmodSync(node, 0o755);
  }
  own();
  let jobs = 0;
  return {
    folder,
    own,
    async run(commands, options = {}) {
      jobs += 1;
      const file = join(base, `job-${jobs}.json`);
      writeFileSync(file, JSON.stringify({ base: folder, commands, options } satisfies ChildJob), { mode: 0o644 });
      const argv = [node, join(base, 'child.mjs'), file];
      const [program = '', ...args] = isRoot
        ? ['su', '-s', '/bin/bash', name, '-c', 'exec "$0" "$@"', '--', ...argv]
        : argv;
      const child = spawn(program, args, {
        cwd: '/',
        env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
      await new Promise((resolve) => child.once('close', resolve));
      return JSON.parse(output) as SandboxResult[];
    },
    async close() {
      await removeWhole(base);
      if (isRoot) remove();
    },
  };
}
