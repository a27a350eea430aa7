import { throwIfStopped, ToolFailure } from '../../core/outcome.ts';
import { firstPaths } from '../../core/sandbox/remarks.ts';
import { GIT_STORES } from '../../core/scope/contentStores.ts';
import { isRepositoryShape } from '../../core/scope/repositoryShape.ts';
import { isInside, parentOf } from '../../core/scope/spelling.ts';
import { biggestFolder } from './biggestFolder.ts';
import { entryAt } from './entries.ts';
import { entriesOf, entriesOrNone, type When } from './folderEntries.ts';
import { linkedIdentity, lookedAt, otherNames, severalNames, type LookingThrough } from './otherNames.ts';
import { Stretch } from './stretch.ts';

/**
 * What stands below the writable folders and needs care. All paths are absolute, as `textOfName` writes them; of
 * denied and protected ones only the topmost are listed.
 */
export interface Survey {
  deniedFiles: string[];
  deniedFolders: string[];
  /** Folders that cannot be looked into now. A command of the same account could open them, so they are hidden. */
  closedFolders: string[];
  protectedPaths: string[];
  /** Repositories: their `.git` folders, whose parts are protected one by one. */
  gitFolders: string[];
  /** Folders that git takes as a repository although they are not named `.git`: bare ones. */
  bareFolders: string[];
  /** Sockets, FIFOs and devices. */
  specials: string[];
  /** Protected entries in denied folders: no command sees them, and one that makes such a folder may leave them there. */
  controlsInDenied: string[];
  /** Links below a protected path: what they lead to decides as much. In a repository git writes through them. */
  guardedLinks: string[];
  /** Other names (hard links) of protected files: whoever writes there writes them. */
  guardedTwins: string[];
  /** Links above a protected path: with them something else stands there. */
  linksAbove: string[];
  /** Every folder that was looked through, the workspace folders first. */
  folders: string[];
  /** Links where a protected path should be: they cannot be held in place. */
  protectedLinks: string[];
  /** How many entries were seen. */
  entries: number;
}

export interface Rules {
  isHidden(path: string): boolean;
  isProtected(path: string): boolean;
  isAboveProtected(path: string): boolean;
  /** What bare repositories keep of files is hidden too; `isHidden` knows it by name only in others. */
  hidesStores?: boolean;
  /** Whether a rule hides anything that may lie in the folders: then nobody knows what is in a closed one. */
  deniesInside?: boolean;
  /** Ends the look before a command. */
  signal?: AbortSignal;
  /** More entries than these are refused before a command. */
  most?: number;
}

/**
 * Files whose other names nobody looks for: what git keeps and writes anew itself, one file for each of many objects and
 * references, and what package managers link from a store of theirs, by the thousand.
 */
const MANY_NAMES =
  /\/\.git\/(?:(?:modules|worktrees)\/.*\/)?(?:objects|lfs|refs|logs)\/|\/(?:node_modules|\.venv|site-packages)\//;

/** More than these no command finds: all are looked through beforehand (see entryWatch.ts for what a command may add). */
export const MOST_ENTRIES = 500_000;

/**
 * Looks through the folders once, links not followed. Too much to look at is a refusal: fail closed. `elsewhere`: which
 * files denied outside the folders have further names (see outsideLinks.ts). The first folders are read at once, the
 * rest of a large workspace by way of the thread pool, so that no window stands still (stretch.ts).
 */
export async function survey(
  roots: readonly string[],
  rules: Rules,
  when: When,
  elsewhere: ReadonlySet<string> = new Set(),
): Promise<Survey> {
  const found: Survey = {
    deniedFiles: [],
    deniedFolders: [],
    closedFolders: [],
    protectedPaths: [],
    gitFolders: [],
    bareFolders: [],
    specials: [],
    controlsInDenied: [],
    guardedLinks: [],
    guardedTwins: [],
    linksAbove: [],
    folders: [],
    protectedLinks: [],
    entries: 0,
  };
  const sizes = new Map<string, number>();
  /** Protected files that have several names. */
  const guarded = new Set<string>();
  const noteGuarded = (path: string): void => {
    const identity = when === 'before' && !MANY_NAMES.test(path) ? linkedIdentity(entryAt(path)) : undefined;
    if (identity !== undefined) guarded.add(identity);
  };
  const most = rules.most ?? MOST_ENTRIES;
  const tops = topmost(roots);
  const stretch = new Stretch();
  const visit = async (folder: string, isGuarded: boolean): Promise<void> => {
    const entries = await entriesOf(folder, when, stretch);
    if (entries === 'closed') {
      found.closedFolders.push(folder);
      return;
    }
    found.folders.push(folder);
    found.entries += entries.length;
    if (when === 'before') {
      if (rules.signal) throwIfStopped(rules.signal);
      sizes.set(folder, entries.length);
      if (found.entries > most) throw tooMany(most, biggestFolder(tops, sizes));
    }
    const isBare = isRepositoryShape(entries.map(({ name }) => name));
    if (!isGuarded && isBare) found.bareFolders.push(folder);
    const isStore = (name: string): boolean =>
      isBare && rules.hidesStores === true && GIT_STORES.includes(name.toLowerCase());
    for (const { path, name, kind } of entries) {
      if (rules.isHidden(path) || isStore(name)) {
        (kind === 'folder' ? found.deniedFolders : found.deniedFiles).push(path);
        // Below a protected path all is protected, and nothing can be put there. What is in one that was there before,
        // no command has seen.
        if (kind === 'folder' && !isGuarded && when !== 'before' && !when.deniedBefore.has(path))
          await controlsIn(path, { rules, when, stretch }, found.controlsInDenied);
      } else if (!isGuarded && rules.isProtected(path)) {
        if (kind === 'link') found.protectedLinks.push(path);
        else if (kind === 'special') found.specials.push(path);
        else (kind === 'folder' && name === '.git' ? found.gitFolders : found.protectedPaths).push(path);
        if (kind === 'file') noteGuarded(path);
        // Protected is not hidden: what is denied, or no file, is looked for in there too.
        if (kind === 'folder') await visit(path, true);
      } else if (kind === 'folder') await visit(path, isGuarded);
      else if (kind === 'special') found.specials.push(path);
      else if (kind === 'link' && isGuarded) found.guardedLinks.push(path);
      else if (kind === 'link' && rules.isAboveProtected(path)) found.linksAbove.push(path);
      else if (isGuarded) noteGuarded(path);
    }
  };
  for (const root of tops) await visit(root, false);
  if (when !== 'before') return found;
  const how = { stretch, signal: rules.signal };
  await addHardLinks(tops, found, elsewhere, { ...how, deniesInside: rules.deniesInside === true });
  const isSeenTo = (path: string): boolean => rules.isHidden(path) || rules.isProtected(path);
  found.guardedTwins.push(...(await otherNames(tops, guarded, isSeenTo, how)));
  return found;
}

function tooMany(most: number, folder: string | undefined): ToolFailure {
  const where = folder === undefined ? '' : `, most of them in ${firstPaths([folder.toWellFormed()])}`;
  return new ToolFailure(
    `the workspace holds more than ${most} entries${where}; no command runs, because not all of them can be looked through beforehand. Delete that folder, move it out of the workspace, or deny it in your policy (denied_paths): then commands run, and do not see it`,
  );
}

/** Protected entries below a denied folder, the topmost alone. */
async function controlsIn(
  folder: string,
  how: { rules: Rules; when: When; stretch: Stretch },
  found: string[],
): Promise<void> {
  const entries = await entriesOf(folder, how.when, how.stretch);
  if (entries === 'closed') return;
  for (const { path, kind } of entries)
    if (how.rules.isProtected(path)) found.push(path);
    else if (kind === 'folder') await controlsIn(path, how, found);
}

/** Adds the further names of denied files. Only if there are any is it worth looking at every file's inode. */
async function addHardLinks(
  roots: readonly string[],
  found: Survey,
  elsewhere: ReadonlySet<string>,
  how: LookingThrough & { deniesInside: boolean },
): Promise<void> {
  const linked = new Set<string>(elsewhere);
  const denied = new Set([...found.deniedFiles, ...found.deniedFolders, ...found.closedFolders]);
  const note = async (path: string): Promise<void> => {
    const info = await lookedAt(path, how);
    if (info?.isDirectory() === true)
      for (const entry of await entriesOrNone(path, how.stretch)) await note(entry.path);
    else {
      const identity = linkedIdentity(info);
      if (identity !== undefined) linked.add(identity);
    }
  };
  for (const path of denied) await note(path);
  // Where a denied file cannot be looked at, any file of several names may be it; those of packages have them anyway.
  const isOwn = (folder: string): boolean => entryAt(folder)?.uid === BigInt(process.getuid?.() ?? -1);
  const isUnknown =
    (how.deniesInside && found.closedFolders.some(isOwn)) || found.deniedFiles.some((path) => !entryAt(path));
  const isDenied = (path: string): boolean => denied.has(path);
  const others = isUnknown ? severalNames(roots, isDenied, how) : otherNames(roots, linked, isDenied, how);
  found.deniedFiles.push(...(await others));
}

/** The folders between a root and a path, topmost first: the mount points that hold the path in place. */
export function foldersBetween(roots: readonly string[], path: string): string[] {
  const root = roots.filter((one) => isInside(one, path)).sort((a, b) => a.length - b.length)[0];
  const folders: string[] = [];
  for (let at = parentOf(path); root !== undefined && at !== root && at !== '/'; at = parentOf(at)) folders.unshift(at);
  return folders;
}

/** The folders without those that lie inside another one. */
export function topmost(roots: readonly string[]): string[] {
  return [...new Set(roots)].filter((root) => !roots.some((other) => other !== root && isInside(other, root)));
}
