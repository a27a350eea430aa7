import * as vscode from 'vscode';
import { registerCommands } from './extension/commands.ts';
import { Controller } from './extension/controller.ts';
import { mentionInterrupted } from './extension/mentionInterrupted.ts';
import { nameThisWindow } from './extension/thisWindow.ts';
import { problemActions } from './vscode/problemActions.ts';

let controller: Controller | undefined;

/** Called once the editor has started, or earlier where a view or a command is used. Loads views only. */
export function activate(context: vscode.ExtensionContext): void {
  nameThisWindow(vscode.workspace.name);
  controller = new Controller(context);
  context.subscriptions.push(
    controller,
    ...controller.follow(),
    problemActions(),
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      nameThisWindow(vscode.workspace.name);
    }),
  );
  registerCommands(context, controller);
  context.subscriptions.push(mentionInterrupted(controller));
}

/** Called when the window closes or reloads: what runs is interrupted, and the log says so. */
export async function deactivate(): Promise<void> {
  await controller?.close();
}
