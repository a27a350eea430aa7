import { lstatSync, readlinkSync, type Stats } from 'node:fs';
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
export function resolvePath(spelling: string, base: string, last: 'followed' | 'itself', scope: Scope): Promise<Look> {
  return Promise.resolve().then(() => {
    try {
      return resolved(spelling, base, last, scope);
    } catch (error) {
      if (error instanceof BadPath) throw new ToolFailure(error.message);
      throw error instanceof ToolFailure ? error : asFailure(error, spelling); // what is looked at may vanish meanwhile
    }
  });
}

function resolved(spelling: string, base: string, last: 'followed' | 'itself', scope: Scope): Look {
  let pending = absolutePath(spelling, base, scope.home)
    .split('/')
    .filter((segment) => segment !== '');
  assertPermitted(scope, `/${pending.join('/')}`, 'list');
  let path = scope.rootOf(`/${pending.join('/')}`) ?? '/';
  pending = pending.slice(path.split('/').length - 1);
  let links = 0;
  let missing = false;
  let seen: { path: string; info: Stats | undefined } | undefined;
  while (pending.length > 0) {
    const segment = pending.shift() ?? '';
    const next = `${path === '/' ? '' : path}/${segment}`;
    if (missing) {
      path = next;
      continue;
    }
    const info = statAt(next);
    seen = { path: next, info };
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
    const target = absolutePath(readlinkSync(next), path, '/nowhere');
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
    if (links > 0 && isDanglingEnd(spelling, base, scope))
      throw new ToolFailure(`${spelling} is a link to something that does not exist`);
    return { path, kind: 'absent', size: 0 };
  }
  const info = (seen?.path === path ? seen.info : undefined) ?? lstatSync(path);
  const kind = info.isFile() ? 'file' : info.isDirectory() ? 'directory' : info.isSymbolicLink() ? 'link' : 'other';
  return { path, kind, size: info.size };
}

/** Whether what was written is itself a link: writing through one that leads nowhere would create its target. */
function isDanglingEnd(spelling: string, base: string, scope: Scope): boolean {
  return statAt(absolutePath(spelling, base, scope.home))?.isSymbolicLink() ?? false;
}

/** Undefined where nothing is. At once, and not by way of the thread pool: every call begins here. */
function statAt(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw asFailure(error, path);
  }
}
