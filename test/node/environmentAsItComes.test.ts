import { execFile } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { ownFolders } from '../../src/node/folders.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

interface Ended {
  code: number;
  stderr: string;
}

/** Runs the command line by a shell line in which `"$@"` is the program. */
function inShell(line: string, cwd: string, environment: Record<string, string>): Promise<Ended> {
  const args = ['-c', line, 'sh', process.execPath, inject('oversign')];
  return new Promise((resolve) => {
    const child = execFile(
      '/bin/sh',
      args,
      { cwd, env: { PATH: process.env['PATH'], ...environment } },
      (_, __, stderr) => {
        resolve({ code: child.exitCode ?? -1, stderr });
      },
    );
  });
}

test.each([
  ['empty', ''],
  ['relative', 'somewhere'],
  ['the current folder', '.'],
])('a home folder that is %s makes nothing in the folder that one stands in', async (_name, HOME) => {
  const base = await temporaryFolder();
  mkdirSync(join(base, 'here'));
  // Whatever the account's own home folder is, this test does not write there.
  const end = await inShell('"$@" history', join(base, 'here'), { HOME, XDG_DATA_HOME: join(base, 'data') });
  expect(end).toEqual({ code: 0, stderr: '' });
  expect(readdirSync(join(base, 'here'))).toEqual([]);
  const before = process.env['HOME'];
  process.env['HOME'] = HOME;
  try {
    const { data, config, home } = ownFolders({}, 'linux');
    for (const folder of [data, config, home]) expect(folder).toMatch(/^\/./);
  } finally {
    process.env['HOME'] = before;
  }
});

test.each(['history', 'doctor', 'policy show', 'run x --model demo'])(
  'in a folder that is gone, %s is a sentence and no stack trace',
  async (words) => {
    const base = await temporaryFolder();
    mkdirSync(join(base, 'gone'));
    const end = await inShell(`rmdir "$PWD"; "$@" ${words}`, join(base, 'gone'), { HOME: base });
    expect(end.code).toBe(66);
    expect(end.stderr).toBe('oversign: the folder that you are in is not there any more; change to one that is\n');
    expect(existsSync(join(base, 'gone'))).toBe(false);
  },
);

test.each(['--help', '--version', 'policy schema', 'history', 'doctor --workspace work'])(
  'output that takes nothing is said, and no success: %s',
  async (words) => {
    const base = await temporaryFolder();
    await plant(base, { 'work/a.txt': 'a\n' });
    const environment = { HOME: base, XDG_DATA_HOME: join(base, 'data') };
    if (words === 'history') {
      // There must be something to be printed.
      expect((await inShell('"$@" run x --workspace work --model demo', base, environment)).code).toBe(0);
    }
    const end = await inShell(`"$@" ${words} > /dev/full`, base, environment);
    expect(end.stderr).toContain(
      'oversign: Standard output cannot be written any more: no room is left there (ENOSPC).',
    );
    expect(end.code).toBe(1);
  },
);

test('control: output that is closed, or whose reader has enough, is no failure', async () => {
  const base = await temporaryFolder();
  closeSync(openSync(join(base, 'x'), 'w'));
  expect(await inShell('"$@" policy schema >&-', base, { HOME: base })).toEqual({ code: 0, stderr: '' });
  expect(await inShell('"$@" policy schema | head -c 10 > /dev/null', base, { HOME: base })).toEqual({
    code: 0,
    stderr: '',
  });
});
