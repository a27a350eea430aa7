import type { BigIntStats } from 'node:fs';
import { join } from 'node:path';
import { parentOf } from '../../core/scope/spelling.ts';
import { entryAt } from './entries.ts';

/** A part of a `.git` folder that decides what git runs, and what to put there while it is absent. */
interface Part {
  name: string;
  absent: 'folder' | 'file' | undefined;
  /** What an absent file holds meanwhile: it must mean the same to git as being absent. */
  content?: string;
}

/**
 * gitrepository-layout(5): hooks and configuration run programs; `commondir` moves both elsewhere (`.` means here);
 * `modules` and `worktrees` hold repositories of their own; the to-do list of a rebase may hold commands to run.
 */
const PARTS: Part[] = [
  { name: 'hooks', absent: 'folder' },
  { name: 'config', absent: 'file', content: '' },
  { name: 'config.worktree', absent: 'file', content: '' },
  { name: 'commondir', absent: 'file', content: '.\n' },
  // Which configured filter runs on which file; objects of whom are borrowed.
  { name: 'info/attributes', absent: 'file', content: '' },
  { name: 'objects/info/alternates', absent: 'file', content: '' },
  { name: 'modules', absent: undefined },
  { name: 'worktrees', absent: undefined },
  { name: 'rebase-merge', absent: undefined },
  { name: 'rebase-apply', absent: undefined },
];

/** What runs programs at the user's next git command if it appears: set aside after a call. */
export const GIT_TRAPS = ['rebase-merge', 'rebase-apply', 'modules', 'worktrees'];

export interface GitPlan {
  readOnly: string[];
  placeholders: { path: string; kind: 'folder' | 'file'; content: string }[];
  /** Parts that are links: they cannot be held in place. */
  links: string[];
  /** What does not exist and would be run if it did: it is looked for afterwards. */
  absent: string[];
}

/** `isStandIn` tells what is there only as a placeholder of another call: that counts as absent. */
export function planGit(gitFolder: string, isStandIn: (path: string) => boolean): GitPlan {
  const plan: GitPlan = { readOnly: [], placeholders: [], links: [], absent: [] };
  const look = (path: string): BigIntStats | undefined => (isStandIn(path) ? undefined : entryAt(path));
  for (const part of PARTS) {
    const above = parentOf(join(gitFolder, part.name));
    if (above !== gitFolder && !look(above)) {
      // Only where git does not need the folder itself can an empty one stand there meanwhile.
      if (part.name.startsWith('info/')) plan.placeholders.push({ path: above, kind: 'folder', content: '' });
      continue;
    }
    const path = join(gitFolder, part.name);
    const info = look(path);
    if (info?.isSymbolicLink()) plan.links.push(path);
    else if (info) plan.readOnly.push(path);
    else if (part.absent) plan.placeholders.push({ path, kind: part.absent, content: part.content ?? '' });
  }
  return plan;
}
