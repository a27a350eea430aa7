import type { FolderMark } from '../../shared/folderMark.ts';
import { visibleLine } from '../../shared/visible.ts';
import { stateOf, type FolderPlaces } from '../scope/folderPlaces.ts';

/** Where a folder of a stored run is now, as far as the open folders show it; without `to` the run goes on without it. */
export interface BoundFolder {
  from: string;
  to?: string;
  /**
   * What shows that `to` is it: it stands where it stood; it is the same one on its file system; its git history has the
   * commit that was checked out; nothing does, but a person may say so.
   */
  shownBy: 'place' | 'file' | 'commit' | 'nothing';
  state: 'there' | 'other' | 'gone';
}

/** The folders in which a stored run would go on here. Only a person decides that those are its own. */
export class Binding {
  readonly folders: readonly BoundFolder[];

  constructor(folders: readonly BoundFolder[]) {
    this.folders = folders;
  }

  /** In the run's order: it works in the first. */
  get roots(): string[] {
    return this.folders.flatMap(({ to }) => (to === undefined ? [] : [to]));
  }

  /** Every folder is where it was: there is nothing to agree to. */
  get isPlain(): boolean {
    return this.folders.every(({ shownBy }) => shownBy === 'place');
  }

  /** Its working folder is not there as it was: whoever opens another one may say that this is it. */
  get isLost(): boolean {
    const [first] = this.folders;
    return first !== undefined && first.state !== 'there' && first.to === undefined;
  }

  /** What a person agrees to: another outcome is another question. */
  get key(): string {
    return JSON.stringify(this.folders.map(({ from, to, shownBy }) => [from, to ?? '', shownBy]));
  }

  /** The question in sentences. */
  get words(): string[] {
    const [first] = this.folders;
    const [works] = this.roots;
    return [
      ...this.folders.flatMap(folderWords),
      ...(works === undefined || first?.to === works ? [] : [`It works in ${shown(works)} from here on.`]),
      ...(this.folders.some(({ from, to }) => to !== undefined && to !== from)
        ? ['Kept earlier versions stay with the old place: what it changed there cannot be reverted here.']
        : []),
    ];
  }
}

/** What is open here. */
interface OpenFolders {
  roots: readonly string[];
  places: FolderPlaces;
}

/**
 * Finds the folders of a run among the open ones (`roots`). A name says nothing: compared are the place together with
 * the file system's own number of the folder, and the commit that was checked out. `named`: an open folder that a person
 * says the first one is, where nothing shows which one is.
 */
export async function findBinding(marks: readonly FolderMark[], open: OpenFolders, named?: string): Promise<Binding> {
  const states = await Promise.all(marks.map((mark) => stateOf(mark, open.places)));
  const free = new Set(
    open.roots.filter((root) => !marks.some(({ path }, at) => path === root && states[at] === 'there')),
  );
  const found: BoundFolder[] = [];
  for (const [at, mark] of marks.entries()) {
    const state = states[at] ?? 'gone';
    const isOpen = open.roots.includes(mark.path);
    const now: Place =
      state === 'there'
        ? { ...(isOpen && { to: mark.path }), shownBy: 'place' }
        : await whereIs(mark, at === 0 ? named : undefined, { roots: [...free], places: open.places });
    if (now.to !== undefined) free.delete(now.to);
    found.push({ from: mark.path, ...now, state });
  }
  return new Binding(found);
}

type Place = Pick<BoundFolder, 'to' | 'shownBy'>;

/** Which of the open folders one is that does not stand where it stood. */
async function whereIs(
  { path, file, commit }: FolderMark,
  named: string | undefined,
  { roots, places }: OpenFolders,
): Promise<Place> {
  const same = await firstOf(roots, async (one) => file !== undefined && (await places.file(one)) === file);
  if (same !== undefined) return { to: same, shownBy: 'file' };
  const ownFirst = [...roots.filter((one) => one === path), ...roots.filter((one) => one !== path)];
  const copy = await firstOf(ownFirst, async (one) => commit !== undefined && (await places.knows(one, commit)));
  if (copy !== undefined) return { to: copy, shownBy: 'commit' };
  const other = [named, path].find((one) => one !== undefined && roots.includes(one));
  return { ...(other !== undefined && { to: other }), shownBy: 'nothing' };
}

async function firstOf(
  paths: readonly string[],
  holds: (path: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (const path of paths) if (await holds(path)) return path;
  return undefined;
}

function folderWords({ from, to, shownBy, state }: BoundFolder): string[] {
  const [old, now] = [shown(from), to === undefined ? '' : shown(to)];
  if (to === undefined)
    return [
      state === 'there'
        ? `It goes on without ${old}, which is not open here.`
        : `It goes on without ${old}, which is not there any more.`,
    ];
  if (shownBy === 'place') return [];
  const before = to === from ? `Another folder stands at ${old} than when it began.` : `${old} is not there any more.`;
  const it = to === from ? 'It' : now;
  switch (shownBy) {
    case 'file':
      return [`${old} is now ${now}: the same folder on the disk.`];
    case 'commit':
      return [before, `${it} has the same git history, as any copy would.`];
    case 'nothing':
      return [before, `Nothing shows that ${to === from ? 'it' : now} is the same.`];
  }
}

function shown(path: string): string {
  return visibleLine(path);
}
