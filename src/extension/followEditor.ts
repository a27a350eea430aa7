import * as vscode from 'vscode';

/** What a window does when something changes around it. */
interface Followed {
  /** Settings or policy files may say something else. */
  look: () => void;
  /** It is another set of folders. */
  reopen: () => void;
  /** The panel would show something else. */
  changed: () => void;
}

/** Follows what changes around a window: trust, settings, saved policies, workspace folders. */
export function followEditor({ look, reopen, changed }: Followed): vscode.Disposable[] {
  return [
    vscode.workspace.onDidGrantWorkspaceTrust(changed),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('oversign')) look();
    }),
    vscode.workspace.onDidSaveTextDocument((document) => {
      if (document.fileName.endsWith('policy.yaml')) look();
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(reopen),
  ];
}
