import { lstatSync, type Stats } from 'node:fs';
import { resolve } from 'node:path';
import type { ConfigEntry } from '../../core/command/gitConfig.ts';
import { meaningOf, namedIn } from '../../core/command/gitPrograms.ts';
import { isInside, nameOf, parentOf } from '../../core/scope/spelling.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { bytesOfPath } from '../files/rawPath.ts';
import { codeOf, realOf } from './gitFile.ts';
import type { GitPlan } from './gitParts.ts';
import { pathOf, readSources } from './gitSources.ts';
import { Stretch } from './stretch.ts';

export interface TargetsSpec {
  home: string;
  /** The workspace folders: what lies elsewhere no command can change. Real paths. */
  roots: readonly string[];
  /** Configuration for all repositories (`generalConfiguration`). */
  general: readonly string[];
  /** What is there only as a placeholder of another call counts as absent. */
  isStandIn: (path: string) => boolean;
}

/** Names in a `.git` folder that git must be able to write, and that hold no programs. */
const DATA = /^(HEAD|[A-Z_]+_HEAD|[A-Z]+_EDITMSG|MERGE_\w+|index(\.lock)?|packed-refs|objects|refs|logs|shallow)(\/|$)/;

interface Wanted {
  path: string;
  /**
   * What to hold its place with while it does not exist; `told`: nothing, but whatever appears there counts; undefined
   * where an absent one is no more than a word.
   */
  absent: 'folder' | 'file' | 'told' | undefined;
  /** A folder at this path does nothing by itself. */
  onlyFile: boolean;
}

/**
 * What a repository's configuration makes git run, include or trust from inside of the workspace. Git run by the user
 * later would run what a command wrote there, so it must be held in place while one runs. The reading errs to too
 * much: every condition of an `includeIf` counts as met. Configuration that cannot be read is a refusal.
 */
export async function gitTargets(gitFolder: string, worktree: string, spec: TargetsSpec): Promise<GitPlan> {
  const own = ['config', 'config.worktree'].map((name) => `${gitFolder}/${name}`);
  const { entries, included } = await readSources(spec.general, own, spec.home);
  const bases = basesOf(entries, gitFolder, worktree);
  const wanted = [
    ...included.map((path): Wanted => ({ path, absent: 'file', onlyFile: false })),
    ...entries.flatMap((entry) => wantedBy(entry, bases, spec)),
  ];
  const plan: GitPlan = { readOnly: [], placeholders: [], links: [], absent: [] };
  const seen = new Set<string>();
  const stretch = new Stretch();
  for (const one of wanted) {
    await stretch.rest();
    const real = realOrWritten(one.path);
    for (const path of new Set([one.path, real])) {
      if (seen.has(`${path}\0${one.absent ?? ''}\0${one.onlyFile}`)) continue;
      seen.add(`${path}\0${one.absent ?? ''}\0${one.onlyFile}`);
      const root = spec.roots.find((folder) => isInside(folder, path));
      if (root === undefined) continue;
      // What holds the work tree cannot be protected without all that is in it.
      if ([root, worktree, gitFolder].some((folder) => isInside(path, folder))) {
        if (one.absent !== 'folder') continue;
        throw new ToolFailure(`${path}: git looks for hooks here, where they cannot be kept apart; set core.hooksPath`);
      }
      if (isInside(gitFolder, path) && DATA.test(path.slice(gitFolder.length + 1))) continue;
      place({ ...one, path }, root, plan, spec);
    }
  }
  return {
    readOnly: [...new Set(plan.readOnly)],
    placeholders: [...new Map(plan.placeholders.map((one) => [one.path, one])).values()],
    links: [...new Set(plan.links)],
    absent: [...new Set(plan.absent)],
  };
}

/** A path that cannot be looked at is compared as it is written. */
function realOrWritten(path: string): string {
  try {
    return realOf(path) ?? path;
  } catch {
    return path;
  }
}

/** The folders that a relative path may start from: hooks and commands run at the top of the work tree. */
function basesOf(entries: readonly ConfigEntry[], gitFolder: string, worktree: string): string[] {
  const isBare = entries.some(({ key, value }) => key === 'core.bare' && !/^(false|no|off|0|)$/i.test(value ?? 'true'));
  const set = entries.findLast(({ key }) => key === 'core.worktree')?.value;
  return [...new Set([worktree, ...(set ? [resolve(gitFolder, set)] : []), ...(isBare ? [gitFolder] : [])])];
}

function wantedBy(entry: ConfigEntry, bases: readonly string[], { home }: TargetsSpec): Wanted[] {
  const { value } = entry;
  const meaning = meaningOf(entry);
  if (value === undefined || value === '' || meaning === undefined || meaning === 'include') return [];
  if (meaning === 'command' || meaning === 'alias')
    return namedIn(value, meaning === 'alias', home).flatMap(({ text, asFolder }) => {
      const path = pathOf(text, '/', home);
      // Of `$(git rev-parse --show-toplevel)/x` what is seen is `/x`.
      const below = bases.map((base) => resolve(base, text.replace(/^\/+/, '')));
      return [...(path !== undefined && /^[/~]/.test(text) ? [path] : []), ...below].map((one) => ({
        path: one,
        absent: text.includes('/') && (meaning === 'command' || value.startsWith('!')) ? 'told' : undefined,
        // A folder that a command names is mostly what it works on: held, nobody could change it. One that an alias
        // of the shell goes into is where it runs something.
        onlyFile: !(asFolder && value.startsWith('!')),
      }));
    });
  const found: Wanted[] = [];
  for (const base of bases) {
    const path = pathOf(value, base, home);
    if (path === undefined) continue;
    const isFolder = meaning === 'hooks' || meaning === 'templates';
    found.push({ path: heldBy(path, base), absent: isFolder ? 'folder' : 'told', onlyFile: false });
  }
  return found;
}

/** husky's `.husky/_` holds wrappers only; what they run stands in the folder above. */
function heldBy(path: string, base: string): string {
  const above = parentOf(path);
  return nameOf(path) === '_' && above !== base && isInside(base, above) ? above : path;
}

/** Walks from the root to a path and notes how it can be held: as it is, by a placeholder, or not at all. */
function place(wanted: Wanted, root: string, plan: GitPlan, { isStandIn }: TargetsSpec): void {
  const { path, absent, onlyFile } = wanted;
  let at = root;
  for (const segment of path.slice(root.length + 1).split('/')) {
    at = `${at}/${segment}`;
    const info = isStandIn(at) ? undefined : lookAt(at);
    if (info === 'no path') return;
    if (info === undefined) {
      // The topmost missing folder is held: in it nothing can appear.
      if (absent === 'told') plan.absent.push(path);
      else if (absent) plan.placeholders.push({ path: at, kind: at === path ? absent : 'folder', content: '' });
      return;
    }
    if (info.isSymbolicLink()) {
      plan.links.push(at);
      return;
    }
    if (at === path && !(onlyFile && info.isDirectory())) plan.readOnly.push(path);
  }
}

function lookAt(path: string): Stats | undefined | 'no path' {
  try {
    return lstatSync(bytesOfPath(path));
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return undefined;
    // A folder that is closed is hidden from commands altogether.
    if (code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'EACCES') return 'no path';
    throw new ToolFailure(`${path} cannot be looked at (${code})`);
  }
}
