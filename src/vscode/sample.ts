import * as vscode from 'vscode';

/** Copies the sample workspace to a folder of the person's choice and opens it. */
export async function openSample(extensionUri: vscode.Uri): Promise<void> {
  const [parent] =
    (await vscode.window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: 'Put the Sample Here',
      title: 'Where is the sample workspace to be made?',
    })) ?? [];
  if (!parent) return;
  const target = vscode.Uri.joinPath(parent, 'oversign-sample');
  const exists = await vscode.workspace.fs.stat(target).then(
    () => true,
    () => false,
  );
  if (!exists) await vscode.workspace.fs.copy(vscode.Uri.joinPath(extensionUri, 'media', 'sample'), target);
  await vscode.commands.executeCommand('vscode.openFolder', target, { forceNewWindow: true });
}
