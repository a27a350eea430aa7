import { readlink, lstat } from 'node:fs/promises';
import { ToolFailure } from '../../core/outcome.ts';
import { assertPermitted } from '../../core/scope/guard.ts';
import type { Look } from '../../core/scope/files.ts';
import { absolutePath, BadPath, parentOf } from '../../core/scope/spelling.ts';
import type { Scope } from '../../core/scope/scope.ts';
import { asFailure, isMissing } from './openTree.ts';

const MAX_LINKS = 40; // MAXSYMLINKS of Linux

/**
 * Resolves a spelling to the path it means, one segment at a time. Before anything on disk is looked at, and again
 * at every link, the scope is asked: a path that is denied or outside throws `Forbidden` and nothing is learned
 * about what is there.
 */
export async function resolvePath(
  spelling: string,
  base: string,
  last: 'followed' | 'itself',
  scope: Scope,
): Promise<Look> {
  try {
    return await resolved(spelling, base, last, scope);
  } catch (error) {
    if (error instanceof BadPath) throw new ToolFailure(error.message);
    throw error instanceof ToolFailure ? error : asFailure(error, spelling); // what is looked at may vanish meanwhile
  }
}

async function resolved(spelling: string, base: string, last: 'followed' | 'itself', scope: Scope): Promise<Look> {
  let pending = absolutePath(spelling, base, scope.home)
    .split('/')
    .filter((segment) => segment !== '');
  assertPermitted(scope, `/${pending.join('/')}`, 'list');
  let path = scope.rootOf(`/${pending.join('/')}`) ?? '/';
  pending = pending.slice(path.split('/').length - 1);
  let links = 0;
  let missing = false;
  while (pending.length > 0) {
    const segment = pending.shift() ?? '';
    const next = `${path === '/' ? '' : path}/${segment}`;
    if (missing) {
      path = next;
      continue;
    }
    const info = await lstat(next).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw asFailure(error, next);
    });
    if (info === undefined) {
      missing = true;
      path = next;
      continue;
    }
    if (!info.isSymbolicLink() || (pending.length === 0 && last === 'itself')) {
      path = next;
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) throw new ToolFailure(`${spelling}: too many links`);
    const target = absolutePath(await readlink(next), path, '/nowhere');
    // Where a link leads is asked before it is walked; `~` means nothing in a link.
    assertPermitted(scope, `${target}${pending.length > 0 ? `/${pending.join('/')}` : ''}`, 'list');
    const root = scope.rootOf(target) ?? parentOf(target);
    const rest = target
      .slice(root.length)
      .split('/')
      .filter((part) => part !== '');
    path = root;
    pending = [...rest, ...pending];
    if (pending.length === 0) break;
  }
  assertPermitted(scope, path, 'list');
  if (missing) {
    if (links > 0 && (await isDanglingEnd(spelling, base, scope)))
      throw new ToolFailure(`${spelling} is a link to something that does not exist`);
    return { path, kind: 'absent', size: 0 };
  }
  const info = await lstat(path);
  const kind = info.isFile() ? 'file' : info.isDirectory() ? 'directory' : info.isSymbolicLink() ? 'link' : 'other';
  return { path, kind, size: info.size };
}

/** Whether what was written is itself a link: writing through one that leads nowhere would create its target. */
async function isDanglingEnd(spelling: string, base: string, scope: Scope): Promise<boolean> {
  const info = await lstat(absolutePath(spelling, base, scope.home)).catch(() => undefined);
  return info?.isSymbolicLink() ?? false;
}
