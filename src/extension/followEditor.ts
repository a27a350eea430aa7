import * as vscode from 'vscode';
import { PROVIDERS } from '../shared/providers.ts';
import { modelSettings } from '../vscode/settings.ts';

/** What a window does when something changes around it. */
interface Followed {
  /** Settings, keys or policy files may say something else. */
  look: () => void;
  /** It is another set of folders. */
  reopen: () => void;
  /** The panel would show something else. */
  changed: () => void;
}

/** Follows what changes around a window: trust, settings, keys, saved policies, workspace folders, and whether somebody looks. */
export function followEditor(secrets: vscode.SecretStorage, { look, reopen, changed }: Followed): vscode.Disposable[] {
  return [
    vscode.workspace.onDidGrantWorkspaceTrust(changed),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('oversign') || event.affectsConfiguration('http')) look(); // its proxy is ours
    }),
    // Extensions bring their models when they have started.
    vscode.lm.onDidChangeChatModels(() => {
      if (PROVIDERS[modelSettings().provider].isOfEditor) look();
    }),
    // By a command, of this window or another one.
    secrets.onDidChange(look),
    vscode.workspace.onDidSaveTextDocument((document) => {
      if (document.fileName.endsWith('policy.yaml')) look();
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(reopen),
    // What tells of a question depends on it; and whoever comes back may have mended something elsewhere.
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) look();
      changed();
    }),
  ];
}
