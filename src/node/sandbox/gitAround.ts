import type { SandboxSpec } from '../../core/sandbox/port.ts';
import { GIT_STORES } from '../../core/scope/contentStores.ts';
import { nameOf } from '../../core/scope/spelling.ts';
import type { OwnFolders } from '../folders.ts';
import type { Look } from './cage.ts';
import { gitOutside } from './gitOutside.ts';
import { generalConfiguration } from './gitSources.ts';
import { gitTargets } from './gitTargets.ts';
import { topmost } from './survey.ts';

/** What the workspace's git needs from outside, and what its configuration makes it run in here. */
export interface GitAround extends Pick<Look, 'targets' | 'outside'> {
  shown: string[];
  hidden: string[];
  notes: string[];
}

/** The account, as far as git depends on it: its folders and variables. */
export interface Account {
  folders: OwnFolders;
  environment: NodeJS.ProcessEnv;
}

export async function gitAround(
  spec: SandboxSpec,
  { folders: { home, data, config }, environment }: Account,
  isStandIn: (path: string) => boolean,
): Promise<GitAround> {
  const all = { shown: [] as string[], hidden: [] as string[], notes: [] as string[] };
  const outside: { gitFolder: string; worktree: string }[] = [];
  for (const worktree of topmost(spec.folders)) {
    const one = await gitOutside(worktree, { home, roots: spec.folders, never: [data, config] });
    if (one.shown.some((path) => spec.isDenied(path))) continue;
    const isStore = (path: string): boolean => GIT_STORES.includes(nameOf(path));
    all.shown.push(...one.shown.filter((path) => !spec.hidesStores || !isStore(path)));
    all.hidden.push(...one.hidden);
    all.notes.push(...one.notes);
    outside.push(...one.gitFolders.map((gitFolder) => ({ gitFolder, worktree })));
  }
  const sources = { home, roots: spec.folders, general: generalConfiguration(home, environment), isStandIn };
  return { ...all, outside, targets: (gitFolder, worktree) => gitTargets(gitFolder, worktree, sources) };
}
