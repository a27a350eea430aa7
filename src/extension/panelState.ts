import * as vscode from 'vscode';
import type { PanelState } from '../shared/runView.ts';
import { folderNotes } from './folderNotes.ts';
import { enterSends } from '../vscode/settings.ts';
import type { Session } from './session.ts';
import { windowFolders } from './windowSession.ts';

/** What the panel is shown. Only looks: opening, and trying again, is for whoever wants something done. */
export function panelState(
  session: Session | undefined,
  model: PanelState['model'],
  problem: string | undefined,
): PanelState {
  const window = {
    trusted: vscode.workspace.isTrusted,
    attended: vscode.window.state.focused,
    enterSends: enterSends(),
  };
  if (session) {
    const folders = folderNotes(session, windowFolders());
    return { ...window, model, ...session.panel(), ...(folders && { folders }) };
  }
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  return {
    ...window,
    ...(folder && { folder: folder.uri.fsPath }),
    model,
    ...(problem !== undefined && { problem }),
    approvals: [],
    interrupted: [],
    sandbox: { state: 'unknown', text: 'The sandbox has not been looked at yet.' },
    policy: { state: 'unknown', notes: [] },
  way: { now: 'ask', open: [{ way: 'look' }, { way: 'ask' }, { way: 'review' }] },
  };
}
