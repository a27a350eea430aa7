import { throwIfStopped, ToolFailure } from '../../core/outcome.ts';
import { firstPaths } from '../../core/sandbox/remarks.ts';
import { isInside, parentOf } from '../../core/scope/spelling.ts';
import { biggestFolder } from './biggestFolder.ts';
import { entryAt } from './entries.ts';
import { entriesOf, entriesOrNone, type When } from './folderEntries.ts';
import { linkedIdentity, lookedAt, otherNames, severalNames, type LookingThrough } from './otherNames.ts';
import { Stretch } from './stretch.ts';
import { Parts, partOf, type Inner } from './surveyPart.ts';
import type { Rules } from './surveyRules.ts';

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

/** More than these no command finds: all are looked through beforehand (see entryWatch.ts for what a command may add). */
export const MOST_ENTRIES = 500_000;

/**
 * Looks through the folders once, links not followed. Too much to look at is a refusal: fail closed. `elsewhere`: which
 * files denied outside the folders have further names (see outsideLinks.ts). No window stands still meanwhile
 * (stretch.ts).
 */
export async function survey(
  roots: readonly string[],
  rules: Rules,
  when: When,
  elsewhere: ReadonlySet<string> = new Set(),
): Promise<Survey> {
  const tops = topmost(roots);
  const stretch = new Stretch();
  const parts = new Parts();
  const visit = async ({ path, isGuarded }: Inner): Promise<void> => {
    const entries = await entriesOf(path, when, stretch);
    if (entries === 'closed') {
      parts.close(path);
      return;
    }
    const part = partOf(path, entries, isGuarded, rules);
    parts.set(path, part);
    if (when === 'before') {
      if (rules.signal) throwIfStopped(rules.signal);
      const most = rules.most ?? MOST_ENTRIES;
      if (parts.entries > most) throw tooMany(most, biggestFolder(tops, parts.sizes()));
    }
    for (const inner of part.inner) await visit(inner);
  };
  for (const path of tops) await visit({ path, isGuarded: false });
  return when === 'before'
    ? surveyBefore(tops, parts, { rules, elsewhere, stretch })
    : surveyAfter(parts, { rules, when, stretch });
}

/** What was found beforehand, with the names under which denied and protected files are found as well. */
export async function surveyBefore(
  tops: readonly string[],
  parts: Parts,
  { rules, elsewhere, stretch }: { rules: Rules; elsewhere: ReadonlySet<string>; stretch: Stretch },
): Promise<Survey> {
  const found = surveyOf(parts);
  const how = { stretch, signal: rules.signal };
  await addHardLinks(tops, found, elsewhere, { ...how, deniesInside: rules.deniesInside === true });
  const guarded = new Set<string>();
  for (const path of parts.guardedFiles()) {
    const identity = linkedIdentity(await lookedAt(path, how));
    if (identity !== undefined) guarded.add(identity);
  }
  const isSeenTo = (path: string): boolean => rules.isHidden(path) || rules.isProtected(path);
  found.guardedTwins.push(...(await otherNames(tops, guarded, isSeenTo, how)));
  return found;
}

/** What was found afterwards, with what is in denied folders that came meanwhile. */
export async function surveyAfter(
  parts: Parts,
  { rules, when, stretch }: { rules: Rules; when: Exclude<When, 'before'>; stretch: Stretch },
): Promise<Survey> {
  const found = surveyOf(parts);
  // Below a protected path all is protected, and nothing can be put there. What is in one that was there before, no
  // command has seen.
  for (const path of parts.openlyDenied())
    if (!when.deniedBefore.has(path)) await controlsIn(path, { rules, when, stretch }, found.controlsInDenied);
  return found;
}

function surveyOf(parts: Parts): Survey {
  const { entries, folders } = parts;
  return {
    ...{ ...parts.lists(), entries, folders },
    ...{ closedFolders: [...parts.closed], controlsInDenied: [], guardedTwins: [] },
  };
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
