import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolFailure } from '../../core/tools/failure.ts';
import { isInside, parentOf } from '../../core/scope/spelling.ts';

/** What stands below the writable folders and needs care. All paths are absolute; only topmost ones are listed. */
export interface Survey {
  deniedFiles: string[];
  deniedFolders: string[];
  protectedPaths: string[];
  /** Real repositories: their `.git` folders, whose parts are protected one by one. */
  gitFolders: string[];
  /** Sockets, FIFOs and devices. */
  specials: string[];
  /** Links where a protected path should be: they cannot be held in place. */
  protectedLinks: string[];
}

interface Rules {
  isDenied(path: string): boolean;
  isProtected(path: string): boolean;
}

const MOST = 500_000;

/** Looks through the folders once, links not followed. Too much to look at is a refusal: fail closed. */
export async function survey(roots: readonly string[], rules: Rules): Promise<Survey> {
  const found: Survey = {
    deniedFiles: [],
    deniedFolders: [],
    protectedPaths: [],
    gitFolders: [],
    specials: [],
    protectedLinks: [],
  };
  const linkedDenied = new Set<string>();
  let looked = 0;
  const visit = async (folder: string, onFile?: (path: string) => Promise<void>): Promise<void> => {
    let entries;
    try {
      entries = await readdir(folder, { withFileTypes: true });
    } catch {
      return; // what we cannot look into, the command (same account) cannot either
    }
    for (const entry of entries) {
      looked += 1;
      if (looked > MOST) throw new ToolFailure(`the workspace holds more than ${MOST} files; the sandbox cannot make sure of all of them`);
      const path = join(folder, entry.name);
      const isFolder = entry.isDirectory();
      if (onFile) {
        if (isFolder) await visit(path, onFile);
        else if (entry.isFile()) await onFile(path);
        continue;
      }
      if (rules.isDenied(path)) {
        (isFolder ? found.deniedFolders : found.deniedFiles).push(path);
        await noteHardLinks(path, linkedDenied);
      } else if (rules.isProtected(path)) {
        if (entry.isSymbolicLink()) found.protectedLinks.push(path);
        else if (isFolder && entry.name === '.git') found.gitFolders.push(path);
        else found.protectedPaths.push(path);
      } else if (isFolder) await visit(path);
      else if (!entry.isFile() && !entry.isSymbolicLink()) found.specials.push(path);
    }
  };
  for (const root of topmost(roots)) await visit(root);
  // Only if a denied file has further names is it worth looking at every file's inode.
  if (linkedDenied.size > 0)
    for (const root of topmost(roots))
      await visit(root, async (path) => {
        const info = await lstat(path).catch(() => undefined);
        if (info && linkedDenied.has(`${info.dev}:${info.ino}`) && !found.deniedFiles.includes(path)) found.deniedFiles.push(path);
      });
  return found;
}

async function noteHardLinks(path: string, linked: Set<string>): Promise<void> {
  const info = await lstat(path).catch(() => undefined);
  if (info === undefined) return;
  if (info.isDirectory()) {
    for (const name of await readdir(path).catch(() => [])) await noteHardLinks(join(path, name), linked);
  } else if (info.nlink > 1) linked.add(`${info.dev}:${info.ino}`);
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
