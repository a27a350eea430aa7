import { visibleLine } from './visible.ts';

/** Workspace folders with what a person calls them (`name` of a folder in a `.code-workspace` file). */
export type FolderNames = readonly (readonly [root: string, name: string])[];

/** Longer names are no help on a card. */
const MOST_NAME = 60;

/**
 * What each of several workspace folders is called, no two alike: `app (two)` where the name alone does not tell which
 * folder it is. A name that somebody gave is followed by the folder's own: a workspace file comes with a repository, and
 * must not make one folder pass for another.
 */
export function folderLabels(roots: readonly string[], names: FolderNames = []): Map<string, string> {
  const given = new Map(names.filter(([root, name]) => isName(name) && name !== nameOf(root)));
  const called = (root: string): string => given.get(root) ?? nameOf(root);
  const labels = new Map(
    roots.map((root) => {
      const rivals = roots.filter((other) => other !== root && sameName(called(other), called(root)));
      const isGiven = given.has(root);
      if (rivals.length === 0) return [root, isGiven ? `${called(root)} (${nameOf(root)})` : called(root)];
      const where = isGiven ? whereUnlike(root, rivals) : whereUnlike(parentOf(root), rivals.map(parentOf));
      return [root, `${called(root)} (${where})`];
    }),
  );
  const counts = Map.groupBy(labels.values(), (label) => label.toLowerCase());
  // A folder may itself be called `app (two)`: then only its whole path says which one is meant.
  return new Map(
    [...labels].map(([root, label]) => [root, (counts.get(label.toLowerCase())?.length ?? 0) > 1 ? root : label]),
  );
}

/** What can stand for a folder at the beginning of a path: all that it is called, its label first. */
export function spellingsOf(root: string, label: string, names: FolderNames): string[] {
  const given = names.find(([named]) => named === root)?.[1];
  return [...new Set([label, ...(given !== undefined && isName(given) ? [given] : []), nameOf(root)])];
}

/** The last names of a path that tell it from the others. */
function whereUnlike(path: string, others: readonly string[]): string {
  const parts = path.split('/');
  for (let count = 1; count < parts.length; count += 1) {
    const tail = parts.slice(-count).join('/');
    if (tail !== '' && !others.some((other) => other === tail || other.endsWith(`/${tail}`))) return tail;
  }
  return path;
}

/** Whether it reads as the name of one folder: no path, no trick. */
function isName(name: string): boolean {
  return (
    name !== '' &&
    name.length <= MOST_NAME &&
    name === name.trim() &&
    !/[/\\]|^\.|^~/.test(name) &&
    visibleLine(name) === name
  );
}

function nameOf(path: string): string {
  return path.split('/').at(-1) ?? path;
}

function parentOf(path: string): string {
  return path.split('/').slice(0, -1).join('/') || '/';
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
