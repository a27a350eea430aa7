import * as vscode from 'vscode';
import type { PanelState } from '../shared/runView.ts';
import { folderNotes } from './folderNotes.ts';
import { enterSends } from '../vscode/settings.ts';
import type { Mark } from '../vscode/policyMarks.ts';
import type { Session } from './session.ts';
import { windowFolders, windowNames } from './windowSession.ts';
import { unopenedPlaces, workplace } from './workplace.ts';

/** What the panel is shown. Only looks: opening, and trying again, is for whoever wants something done. */
export function panelState(
  session: Session | undefined,
  model: PanelState['model'],
  problem: string | undefined,
  wanted: readonly string[],
  tried: readonly Mark[],
): PanelState {
  const window = {
    trusted: vscode.workspace.isTrusted,
    attended: vscode.window.state.focused,
    enterSends: enterSends(),
  };
  if (session) {
    const folders = folderNotes(
      session,
      wanted,
      tried.map(({ message }) => message),
    );
    return {
      ...window,
      model,
      ...session.panel(),
      ...(folders && { folders }),
      ...workplace(session.places(), windowFolders(), windowNames()),
    };
  }
  const [folder] = wanted;
  return {
    ...window,
    ...(folder !== undefined && { folder }),
    ...workplace(unopenedPlaces(wanted, windowNames()), windowFolders(), windowNames()),
    model,
    ...(problem !== undefined && { problem }),
    approvals: [],
    interrupted: [],
    sandbox: { state: 'unknown', text: 'The sandbox has not been looked at yet.' },
    policy: { state: 'unknown', notes: [] },
    way: { now: 'ask', open: [{ way: 'look' }, { way: 'ask' }, { way: 'review' }] },
  };
}
