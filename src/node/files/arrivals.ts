import type { Dirent } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { denialOf, Forbidden } from '../../core/scope/guard.ts';
import type { Effort } from '../../core/scope/files.ts';
import type { Scope } from '../../core/scope/scope.ts';
import { Stretch } from '../sandbox/stretch.ts';
import { entriesIn } from './entriesIn.ts';

/**
 * Throws `Forbidden` where what is moved holds something that may not be written where it comes to stand: `x/hooks` is a
 * folder like any other, and what an agent runs as soon as `x` is called `.github`. A link in the place of a folder
 * above a protected path is as good as what it leads to. What cannot be looked into is left: it cannot be moved either
 * (its pre-image has no digest).
 */
export async function refuseArrivals(
  from: string,
  to: string,
  scope: Scope,
  effort: Effort | undefined,
): Promise<void> {
  const refuseLink = (path: string): void => {
    if (!scope.isAboveProtected(path)) return;
    throw new Forbidden({
      verdict: 'deny',
      rule: 'protected_paths',
      reason: `a link at ${scope.shown(path)} would stand in the place of a folder that holds protected files`,
      origin: { layer: 'built-in' },
    });
  };
  const info = await lstat(from).catch(() => undefined);
  if (info?.isSymbolicLink()) refuseLink(to);
  const stretch = new Stretch();
  const pending = info?.isDirectory() ? [''] : [];
  for (let below = pending.pop(); below !== undefined; below = pending.pop())
    for (const entry of await entriesOrNone(`${from}${below}`, effort, stretch)) {
      await stretch.rest();
      const place = `${to}${below}/${entry.name}`;
      const denial = denialOf(scope, place, 'write');
      if (denial) throw new Forbidden(denial);
      if (entry.isSymbolicLink()) refuseLink(place);
      if (entry.isDirectory()) pending.push(`${below}/${entry.name}`);
    }
}

async function entriesOrNone(folder: string, effort: Effort | undefined, stretch: Stretch): Promise<Dirent[]> {
  try {
    return await entriesIn(folder, effort, stretch);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return [];
    throw error; // too much, or stopped
  }
}
