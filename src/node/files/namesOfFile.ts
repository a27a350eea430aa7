import type { Dirent } from 'node:fs';
import { lstat } from 'node:fs/promises';
import type { Effort, OtherNames } from '../../core/scope/files.ts';
import { denialOf } from '../../core/scope/guard.ts';
import type { Scope } from '../../core/scope/scope.ts';
import { Stretch } from '../sandbox/stretch.ts';
import { topmost } from '../sandbox/survey.ts';
import { entriesIn } from './entriesIn.ts';
import { bytesOfPath } from './rawPath.ts';
import { refuseRepositoryControls } from './repositoryControls.ts';

/** More is not looked through for a name. */
const MOST = 500_000;

/**
 * The other names of a file in the workspace, as far as the agent may write them. They are `all` only where as many were
 * found as the file has: another one may lie outside, or be denied or protected, and must not change with this one.
 */
export async function otherNamesOf(
  file: { dev: number; ino: number; nlink: number },
  own: string,
  { scope, effort }: { scope: Scope; effort: Effort | undefined },
): Promise<OtherNames> {
  if (file.nlink < 2) return { kind: 'none' };
  const names: string[] = [];
  const stretch = new Stretch();
  const pending = topmost(scope.roots); // a name that is met twice would stand for one that lies outside
  let found = 0;
  let looked = 0;
  for (let folder = pending.pop(); folder !== undefined && found < file.nlink; folder = pending.pop()) {
    for (const entry of await entriesOrNone(folder, effort, stretch)) {
      looked += 1;
      if (looked > MOST) return { kind: 'elsewhere' };
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) pending.push(path);
      if (!entry.isFile()) continue;
      const info = await lstat(bytesOfPath(path)).catch(() => undefined);
      if (info?.ino !== file.ino || info.dev !== file.dev) continue;
      found += 1;
      if (path === own) continue;
      if (!(await mayWrite(path, scope))) return { kind: 'elsewhere' };
      names.push(path);
    }
  }
  return found === file.nlink ? { kind: 'all', names: names.sort() } : { kind: 'elsewhere' };
}

/** None where it cannot be looked into: then not all names are found. */
async function entriesOrNone(folder: string, effort: Effort | undefined, stretch: Stretch): Promise<Dirent[]> {
  try {
    return await entriesIn(folder, effort, stretch);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return [];
    throw error;
  }
}

async function mayWrite(path: string, scope: Scope): Promise<boolean> {
  if (denialOf(scope, path, 'write') || scope.isSecret(path)) return false;
  return refuseRepositoryControls(path, scope).then(
    () => true,
    () => false,
  );
}
