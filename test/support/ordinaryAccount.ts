import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { SandboxResult } from '../../src/core/sandbox/port.ts';
import { sandboxChild } from './childProgram.ts';
import type { ChildJob } from './sandboxChild.ts';
import { removeWhole } from './tree.ts';

export interface OrdinaryAccount {
  /** Its folder; the workspace is `work` in there. */
  folder: string;
  /** Node as the account can run it. */
  node: string;
  /** Runs commands in the sandbox of a process of that account, one after the other. */
  run(commands: ChildJob['commands'], options?: ChildJob['options']): Promise<SandboxResult[]>;
  /** What a program of that account prints, outside any sandbox. */
  output(argv: readonly string[]): Promise<string>;
  /** Makes what was put into its folder the account's own. */
  own(): void;
  close(): Promise<void>;
}

/**
 * An account that is not root, and without control groups on the machines of the tests: this one, or one of that name
 * made for the test. `path`: its PATH, asked for at each start.
 */
export async function ordinaryAccount(
  user: string,
  path = () => '/usr/local/bin:/usr/bin:/bin',
): Promise<OrdinaryAccount> {
  const isRoot = process.getuid?.() === 0;
  const name = isRoot ? user : userInfo().username;
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'oversign-account-')));
  chmodSync(base, 0o755);
  const folder = join(base, 'account');
  mkdirSync(folder);
  const program = await sandboxChild(base);
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
  const output = async (argv: readonly string[]): Promise<string> => {
    const [file = '', ...args] = isRoot ? ['su', '-s', '/bin/bash', name, '-c', 'exec "$0" "$@"', '--', ...argv] : argv;
    const child = spawn(file, args, { cwd: '/', env: { PATH: path() }, stdio: ['ignore', 'pipe', 'inherit'] });
    return text(child.stdout);
  };
  let jobs = 0;
  return {
    folder,
    node,
    output,
    own,
    async run(commands, options = {}) {
      jobs += 1;
      const file = join(base, `job-${jobs}.json`);
      writeFileSync(file, JSON.stringify({ base: folder, commands, options } satisfies ChildJob), { mode: 0o644 });
      return JSON.parse(await output([node, program, file])) as SandboxResult[];
    },
    async close() {
      await removeWhole(base);
      if (isRoot) remove();
    },
  };
}
