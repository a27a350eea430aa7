import * as vscode from 'vscode';
import type { PanelState } from '../shared/runView.ts';
import type { Session } from './session.ts';

/** What the panel is shown. Only looks: opening, and trying again, is for whoever wants something done. */
export function panelState(
  session: Session | undefined,
  model: PanelState['model'],
  problem: string | undefined,
): PanelState {
  const trusted = vscode.workspace.isTrusted;
  if (session) return { trusted, model, ...session.panel() };
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  return {
    trusted,
    ...(folder && { folder: folder.uri.fsPath }),
    model: { ...model, ...(problem !== undefined && { problem }) },
    approvals: [],
    interrupted: [],
    sandbox: { state: 'unknown', text: 'The sandbox has not been looked at yet.' },
    policy: { state: 'unknown', notes: [], asksLess: false },
  };
}
