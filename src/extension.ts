import * as vscode from 'vscode';
import { registerCommands } from './extension/commands.ts';
import { Controller } from './extension/controller.ts';
import { nameThisWindow } from './extension/thisWindow.ts';

let controller: Controller | undefined;

/** Called when a view of Oversign is shown or a command is used, never at the editor's start. Loads views only. */
export function activate(context: vscode.ExtensionContext): void {
  nameThisWindow(vscode.workspace.name);
  controller = new Controller(context);
  context.subscriptions.push(
    controller,
    ...controller.follow(),
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      nameThisWindow(vscode.workspace.name);
    }),
  );
  registerCommands(context, controller);
}

/** Called when the window closes or reloads: what runs is interrupted, and the log says so. */
export async function deactivate(): Promise<void> {
  await controller?.close();
}
