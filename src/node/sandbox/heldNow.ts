import { ToolFailure } from '../../core/outcome.ts';
import { firstPaths } from '../../core/sandbox/remarks.ts';
import type { SandboxSpec } from '../../core/sandbox/port.ts';
import { isInside } from '../../core/scope/spelling.ts';
import { entryAt } from './entries.ts';

/** What is to be held read-only and is still there; what has become a link since would hold another place. */
export function heldNow({ held = [], folders }: Pick<SandboxSpec, 'held' | 'folders'>): string[] {
  const there = held.filter((path) => folders.some((root) => root !== path && isInside(root, path)) && entryAt(path));
  const links = there.filter((path) => entryAt(path)?.isSymbolicLink() === true);
  if (links.length > 0)
    throw new ToolFailure(`${firstPaths(links)} became a link meanwhile; nothing was done. Try again`);
  return there;
}
