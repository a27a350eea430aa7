import * as vscode from 'vscode';

/** Opens the walkthrough, which the manifest describes. */
export async function openWalkthrough(extension: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', `${extension}#start`, false);
}
