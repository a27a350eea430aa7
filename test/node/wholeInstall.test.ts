import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/tree.ts';

const TICKS_MS = 100; // starts of processes are told in hundredths of a second

/** A repository with an install that came to its end, and the script that npm runs at the end of the next one. */
async function installed(): Promise<string> {
  const folder = join(await temporaryFolder(), 'repository');
  mkdirSync(join(folder, 'scripts'), { recursive: true });
  cpSync('scripts/whole.mjs', join(folder, 'scripts/whole.mjs'));
  mkdirSync(join(folder, 'node_modules/early'), { recursive: true });
  await pause(TICKS_MS);
  writeFileSync(join(folder, 'node_modules/.oversign-whole'), '');
  writeFileSync(join(folder, 'npm.cjs'), "require('node:fs').writeFileSync('unpacked', '')");
  await pause(TICKS_MS);
  return folder;
}

/** `npm install`, as far as it ends with the script; what that would have unpacked again is left to it. */
async function install(folder: string): Promise<string> {
  await pause(TICKS_MS);
  const line = `exec -a npm bash -c '"$1" scripts/whole.mjs; true' npm "$1"`;
  const env = { ...process.env, npm_execpath: join(folder, 'npm.cjs'), OVERSIGN_WHOLE: '' };
  return spawnSync('bash', ['-c', line, 'bash', process.execPath], { cwd: folder, env, encoding: 'utf8' }).stdout;
}

test.skipIf(process.platform !== 'linux')(
  'what an interrupted install left is unpacked again; a copy of a whole one is whole',
  async () => {
    const folder = await installed();
    expect(await install(folder)).toBe('');

    mkdirSync(join(folder, 'node_modules/late'));
    expect(await install(folder)).toContain('unpacking 1 packages again');
    expect(existsSync(join(folder, 'node_modules/late'))).toBe(false);
    expect(existsSync(join(folder, 'node_modules/early'))).toBe(true);
    expect(existsSync(join(folder, 'unpacked'))).toBe(true);

    // As `cp -a`, an archive or a restored disk does it: the times of change are kept, those of birth are new.
    const copy = `${await temporaryFolder()}/copy`;
    spawnSync('cp', ['-a', await installed(), copy]);
    expect(await install(copy)).toBe('');
    expect(existsSync(join(copy, 'node_modules/early'))).toBe(true);
  },
);
