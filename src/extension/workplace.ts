import { folderLabels, type FolderNames } from '../shared/folderLabels.ts';
import type { PanelState } from '../shared/runView.ts';

/** A folder that runs work in: `path` as it really is, `named` as the window names it. */
export interface Place {
  label: string;
  path: string;
  named: string;
  /** A policy of its own binds what is done in it. */
  bounds: boolean;
}

/** Which folders a run works in, and which open ones it does not. Nothing where there is none. */
export function workplace(
  places: readonly Place[],
  window: readonly string[],
  names: FolderNames = [],
): Pick<PanelState, 'workplace'> {
  if (places.length === 0) return {};
  const used = new Set(places.flatMap(({ path, named }) => [path, named]));
  const labels = folderLabels(window, names);
  return {
    workplace: {
      folders: places.map(({ label, path, bounds }) => ({ label, path, bounds })),
      others: window.filter((folder) => !used.has(folder)).map((folder) => labels.get(folder) ?? folder),
    },
  };
}

/** The same of folders that nothing was opened for yet. */
export function unopenedPlaces(folders: readonly string[], names: FolderNames = []): Place[] {
  const labels = folderLabels(folders, names);
  return folders.map((path) => ({ label: labels.get(path) ?? path, path, named: path, bounds: false }));
}
