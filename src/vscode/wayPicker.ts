import * as vscode from 'vscode';
import type { OpenWay } from '../shared/way.ts';
import { WAY_WORDS, type Way } from '../shared/wayWords.ts';

type Item = vscode.QuickPickItem & { way: Way };

/**
 * The editor's own list, so that nothing that a page shows can choose in a person's place. Ways that a policy has taken
 * away are listed with who did, and cannot be chosen.
 */
export async function pickWay(now: Way, open: readonly OpenWay[]): Promise<Way | undefined> {
  const items = open.map(({ way, takenBy }): Item => {
    const { name, about, icon } = WAY_WORDS[way];
    return takenBy === undefined
      ? { way, label: `$(${icon}) ${name}`, detail: about, ...(way === now && { description: 'now' }) }
      : { way, label: `$(lock) ${name}`, detail: `Left out by the ${takenBy}.` };
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Oversign: Choose Way of Working',
    placeHolder: 'Counts for this run from now on, and for the next ones',
    matchOnDetail: true,
  });
  return picked?.way;
}
