import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { isInside } from '../../src/core/scope/spelling.ts';

/**
 * PATH as tests see it: without the account's own toolchains (pyenv, cargo), which are others on every machine and are
 * looked through, file by file, by each process that starts a sandbox. Tests that are about toolchains bring their own.
 * Where Node is nowhere else, its folder stays.
 */
export function testPath(path: string): string {
  const folders = path.split(delimiter);
  const kept = folders.filter((folder) => folder.includes('/node_modules/') || !isInside(homedir(), folder));
  const hasNode = (folder: string): boolean => !folder.includes('/node_modules/') && existsSync(join(folder, 'node'));
  return (kept.some(hasNode) ? kept : folders.filter((folder) => kept.includes(folder) || hasNode(folder))).join(
    delimiter,
  );
}
