import { realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { Cage } from '../../core/sandbox/bubblewrap.ts';
import { firstPaths } from '../../core/sandbox/remarks.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { isInside, parentOf } from '../../core/scope/spelling.ts';
import { bytesOfPath, textOfName } from '../files/rawPath.ts';
import { planGit, type GitPlan } from './gitParts.ts';
import { heldLinks, type HeldLink } from './heldLinks.ts';
import type { StandIn } from './standIn.ts';
import { Stretch } from './stretch.ts';
import { foldersBetween, topmost, type Survey } from './survey.ts';

/** What stays the same for all cages of a process. */
export interface BaseCage extends Pick<
  Cage,
  'system' | 'masked' | 'links' | 'etc' | 'toolchains' | 'home' | 'uid' | 'gid'
> {
  /** Sockets, FIFOs, devices and credentials in folders outside the workspace. */
  withheld: readonly string[];
}

/** A cage with nothing of anybody's in it. */
export function emptyCage(base: BaseCage): Cage {
  return {
    ...base,
    writable: [],
    shown: [],
    pinned: [],
    readOnly: [],
    pointers: [],
    copies: [],
    hiddenFiles: [],
    hiddenFolders: [],
    temporaryBytes: 8 << 20,
    environment: { PATH: '/usr/bin:/bin' },
    cwd: '/',
    network: { kind: 'none' },
    view: { kind: 'in-place' },
  };
}

/** Names that are covered at the top of each workspace folder while they do not exist. */
const ABSENT_FOLDERS = ['.oversign', '.vscode', '.idea', '.devcontainer', '.git'];

/** How the workspace is looked at while a cage is planned. */
export interface Look {
  exists(path: string): boolean;
  isStandIn(path: string): boolean;
  /** Whether anything can be made at a path: where it cannot, not by a command either, and nothing has to be covered. */
  canBeMade(path: string): boolean;
  /** What else git's configuration makes git run from inside the workspace (gitTargets.ts). */
  targets(gitFolder: string, worktree: string): Promise<GitPlan>;
  /** Git folders outside whose configuration counts in here, with the work tree that they belong to. */
  outside: readonly { gitFolder: string; worktree: string }[];
  /** What is held read-only beside what is protected. */
  held?: readonly string[];
}

/** The workspace's part of a cage, drawn from a survey; and what must be made beforehand. */
export async function planWorkspace(
  roots: readonly string[],
  found: Survey,
  look: Look,
): Promise<
  Pick<Cage, 'writable' | 'pinned' | 'readOnly' | 'hiddenFiles' | 'hiddenFolders'> & {
    placeholders: StandIn[];
    heldLinks: HeldLink[];
  }
> {
  const writable = topmost(roots);
  const { held: ownLinks, refused } = heldLinks(found.protectedLinks, writable);
  const links = [...refused];
  const readOnly = [...found.protectedPaths, ...found.guardedTwins, ...(look.held ?? [])];
  const wanted: StandIn[] = [];
  for (const { target } of ownLinks)
    if (target?.isThere === false) wanted.push({ path: target.path, kind: 'folder', content: '' });
    // The parts of a repository are held one by one.
    else if (target && !found.bareFolders.includes(target.path)) readOnly.push(target.path);
  const gitMounts: string[] = [];
  const stretch = new Stretch();
  for (const folder of [...found.gitFolders, ...found.bareFolders]) {
    if (look.isStandIn(folder)) continue;
    await stretch.rest();
    const plan = planGit(folder, (path) => look.isStandIn(path));
    links.push(...plan.links);
    readOnly.push(...plan.readOnly);
    wanted.push(...plan.placeholders);
    gitMounts.push(folder);
  }
  refuseLinks(links);
  const repositories = [
    ...found.gitFolders.map((gitFolder) => ({ gitFolder, worktree: parentOf(gitFolder) })),
    ...found.bareFolders.map((gitFolder) => ({ gitFolder, worktree: gitFolder })),
    ...look.outside,
  ];
  for (const { gitFolder, worktree } of repositories) {
    if (look.isStandIn(gitFolder)) continue;
    const plan = await look.targets(gitFolder, worktree);
    readOnly.push(...plan.readOnly);
    wanted.push(...plan.placeholders.filter(({ path }) => !wanted.some((one) => one.path === path)));
    // A link cannot be held, but the folder that it stands in can.
    for (const link of plan.links)
      if (writable.includes(parentOf(link))) links.push(link);
      else readOnly.push(parentOf(link));
  }
  for (const link of found.guardedLinks) {
    const target = await realpath(bytesOfPath(link), { encoding: 'buffer' }).then(textOfName, () => undefined);
    if (target !== undefined && writable.some((root) => root !== target && isInside(root, target)))
      readOnly.push(target);
  }
  for (const root of writable) {
    for (const name of ABSENT_FOLDERS)
      if (look.isStandIn(`${root}/${name}`) || !look.exists(`${root}/${name}`))
        wanted.push({ path: `${root}/${name}`, kind: 'folder', content: '' });
  }
  refuseLinks(links);
  const placeholders = wanted.filter(({ path }) => look.canBeMade(path));
  readOnly.push(...placeholders.map(({ path }) => path));
  const hiddenFiles = [...found.deniedFiles, ...found.specials];
  const hiddenFolders = [...found.deniedFolders, ...found.closedFolders];
  const held = [...readOnly, ...hiddenFiles, ...hiddenFolders, ...ownLinks.map(({ path }) => path)];
  const pinned = [...new Set([...gitMounts, ...held.flatMap((path) => foldersBetween(writable, path))])].sort(
    (a, b) => a.split('/').length - b.split('/').length,
  );
  return {
    writable,
    pinned,
    readOnly: [...new Set(readOnly)],
    hiddenFiles,
    hiddenFolders,
    placeholders,
    heldLinks: ownLinks,
  };
}

function refuseLinks(links: readonly string[]): void {
  if (links.length > 0)
    throw new ToolFailure(
      `${firstPaths(links)}: a protected path is a link, and a link cannot be held in place; replace it by what it points to`,
    );
}

const SYSTEM_FOLDERS = [
  '/usr',
  '/etc',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/boot',
  '/dev',
  '/proc',
  '/sys',
  '/System',
  '/Library',
  '/private/etc',
];
const SECRET_FOLDERS = ['.ssh', '.gnupg', '.aws', '.kube', '.config', '.local/share', 'Library'];

/** Whether a workspace folder may be mounted at all: never the whole system, the home folder, or Oversign's own. */
export function refuseWorkspace(root: string, home: string, own: readonly string[]): string | undefined {
  const holds = (path: string): boolean => path === root || path.startsWith(root === '/' ? '/' : `${root}/`);
  if (root === '/') return 'The workspace is the whole file system. Open a project folder instead.';
  if (root === home) return 'The workspace is your home folder. Open a project folder instead.';
  if (holds(home)) return 'The workspace holds your home folder. Open a project folder instead.';
  if (root === tmpdir()) return 'The workspace is the folder for temporary files. Open a project folder instead.';
  const system = SYSTEM_FOLDERS.find((path) => root === path || root.startsWith(`${path}/`));
  if (system !== undefined)
    return `The workspace lies in ${system}, which belongs to the system. Open a project folder instead.`;
  const secret = SECRET_FOLDERS.find((name) => root === `${home}/${name}` || root.startsWith(`${home}/${name}/`));
  if (secret !== undefined)
    return `The workspace lies in ~/${secret}, where keys are kept. Open a project folder instead.`;
  if (own.some((path) => holds(path) || root.startsWith(`${path}/`)))
    return 'The workspace holds, or lies in, Oversign’s own data or settings. Open a project folder instead.';
  return undefined;
}
