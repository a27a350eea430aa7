import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Trap } from './traps.ts';

export interface TrapWorld {
  /** What the trap's code is told. */
  environment: Record<string, string>;
  /** Does what the user does afterwards; whether the trap worked. */
  springs(trap: Trap): boolean;
  /** Runs an argv in the workspace as the user would. */
  run(argv: readonly string[]): number | null;
}

/** A new repository with one file in `work`, whatever was there before, and a user who works in it with git. */
export function trapWorld(base: string, work: string): TrapWorld {
  const home = join(base, 'user');
  const environment = { SPRUNG: join(home, 'sprung') };
  removeDeep(work, home);
  mkdirSync(work, { recursive: true });
  mkdirSync(home);
  writeFileSync(join(home, '.gitconfig'), '[user]\n\tname = u\n\temail = u@localhost\n[safe]\n\tdirectory = *\n');
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: home,
    GIT_EDITOR: 'true',
    GIT_CONFIG_NOSYSTEM: '1',
    ...environment,
  };
  const run = ([file = '', ...args]: readonly string[]): number | null =>
    spawnSync(file, args, { cwd: work, env, stdio: 'ignore' }).status;
  const make = 'git init -q -b main && echo one > file && git add file && git commit -qm one';
  if (run(['/bin/bash', '-c', make]) !== 0) throw new Error('git cannot make a repository here');
  return { environment, run, springs: ({ spring }) => run(['/bin/bash', '-c', spring]) === 0 };
}

/** rm goes down folder by folder; by whole paths, what lies deeper than a path can say would stay. */
export function removeDeep(...folders: string[]): void {
  for (const folder of folders)
    spawnSync('/bin/bash', ['-c', 'chmod -R u+rwX "$1"; rm -rf -- "$1"', 'remove', folder], { stdio: 'ignore' });
}
