import * as vscode from 'vscode';
import { visibleLine } from '../shared/visible.ts';
import { webTarget } from '../shared/webTarget.ts';

/** This machine, which the editor takes for known: a link there can make a program here do something. */
const HERE = /^(localhost|.+\.localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\])\.?$/;

/**
 * Opens an address outside the editor, which asks first where it does not know it. The panel's word is not taken for
 * what the address is. False where it leads elsewhere than to the web or to a mail.
 */
export async function openOutside(href: string): Promise<boolean> {
  const target = webTarget(href);
  if (target === undefined) return false;
  if (HERE.test(new URL(target).hostname) && !(await isWanted(target))) return true;
  await vscode.env.openExternal(vscode.Uri.parse(target, true));
  return true;
}

async function isWanted(target: string): Promise<boolean> {
  const open = 'Open';
  const answer = await vscode.window.showWarningMessage(
    'Open this link of the agent? It leads to a program on this machine.',
    { modal: true, detail: visibleLine(target) },
    open,
  );
  return answer === open;
}

/** Opens a file, in a tab that the next one replaces. Lines and columns count from 1. */
export async function openPlace(path: string, line?: number, column?: number): Promise<void> {
  const at = line === undefined ? undefined : new vscode.Position(line - 1, Math.max(0, (column ?? 1) - 1));
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path), {
    preview: true,
    ...(at && { selection: new vscode.Range(at, at) }),
  });
}

export async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
}
