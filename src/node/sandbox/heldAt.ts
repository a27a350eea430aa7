import { lstat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { SandboxResult } from '../../core/sandbox/port.ts';
import type { Held } from '../../core/scope/files.ts';

type Ask = (args: readonly string[]) => Promise<SandboxResult | undefined>;

/**
 * What git holds at or below paths of a folder: one question for all of them, and one more about those that it holds.
 * None is asked where git itself would find no repository, from the folder up to the root.
 */
export async function heldAt(root: string, paths: readonly string[], ask: Ask): Promise<Held[]> {
  const listed = (await isInRepository(root)) ? await names(ask, ['ls-files', '-z', '--', ...paths]) : undefined;
  const counted = paths.map((path) => listed && countBelow(relative(root, path), listed));
  const held = paths.filter((_, index) => (counted[index] ?? 0) > 0);
  const compare = ['diff', '--name-only', '-z', '--relative', '--no-renames', '--no-ext-diff', '--no-textconv', 'HEAD'];
  const differing = held.length > 0 ? await names(ask, [...compare, '--', ...held]) : undefined;
  return paths.map((path, index) => ({
    tracked: counted[index],
    isUncommitted: !differing || countBelow(relative(root, path), differing) > 0,
  }));
}

async function names(ask: Ask, args: readonly string[]): Promise<string[] | undefined> {
  const result = await ask(args);
  if (result?.ending.kind !== 'exited' || result.ending.code !== 0) return undefined;
  return result.output.split('\0').slice(0, -1);
}

/** `''` is the folder itself. */
function countBelow(path: string, listed: readonly string[]): number {
  return listed.filter((name) => path === '' || name === path || name.startsWith(`${path}/`)).length;
}

async function isInRepository(folder: string): Promise<boolean> {
  const isThere = await lstat(join(folder, '.git')).then(
    () => true,
    (error: unknown) => (error as NodeJS.ErrnoException).code !== 'ENOENT',
  );
  const above = dirname(folder);
  return isThere || (above !== folder && (await isInRepository(above)));
}
