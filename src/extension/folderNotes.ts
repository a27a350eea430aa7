import type { PanelState } from '../shared/runView.ts';
import { visibleLine } from '../shared/visible.ts';

/** What a session says of its folders. */
interface Folders {
  /** As the window named them when it was opened. */
  named: readonly string[];
  leftOut: readonly { folder: string; why: string }[];
}

/** What a person should know of the folders: which are left out, and which count from the next run alone. */
export function folderNotes(
  { named, leftOut }: Folders,
  window: readonly string[],
  more: readonly string[] = [],
): PanelState['folders'] {
  const notes = [
    ...leftOut.map(({ why }) => `Left out: ${visibleLine(why)}`),
    ...keptWords(named, window),
    ...new Set(more),
  ];
  return notes.length === 0 ? undefined : { notes, leftOut: leftOut.length > 0 };
}

/** Why no run can begin: there is no folder, or none that can be worked in. */
export function noFolderWords(leftOut: Folders['leftOut']): string {
  const why = leftOut.map((one) => visibleLine(one.why)).join(' ');
  return why === '' ? 'Open a folder first: the agent works inside workspace folders only.' : why;
}

/** That a run keeps the folders it began with, in one line; none where the window has the same ones. */
export function keptWords(named: readonly string[], window: readonly string[]): string[] {
  if (sameFolders(named, window)) return [];
  const added = window.filter((folder) => !named.includes(folder));
  const removed = named.filter((folder) => !window.includes(folder));
  return [
    [
      'This run keeps the folders it began with.',
      ...(added.length > 0 ? [`From the next run on: ${listed(added)}.`] : []),
      ...(removed.length > 0 ? [`Until then it still works in ${listed(removed)}.`] : []),
      ...(added.length + removed.length === 0 ? ['Their new order counts from the next run.'] : []),
    ].join(' '),
  ];
}

/** Those of the window's folders that were chosen, in the order in which they were; all where none of them is open. */
export function chosenFolders(window: readonly string[], chosen: readonly string[] | undefined): string[] {
  const open = (chosen ?? []).filter((folder) => window.includes(folder));
  return open.length === 0 ? [...window] : open;
}

export function sameFolders(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((folder, index) => folder === others[index]);
}

function listed(folders: readonly string[]): string {
  return folders.map((folder) => visibleLine(folder)).join(', ');
}
