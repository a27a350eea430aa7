import * as vscode from 'vscode';
import type { Mark } from '../vscode/policyMarks.ts';
import { MOST_SETTINGS_FILE, triedSettings } from './triedSettings.ts';

/** What the workspace of this window tried to set and may not, each at its place. */
export async function workspaceSettings(): Promise<Mark[]> {
  const { workspaceFile, workspaceFolders = [] } = vscode.workspace;
  const files: { uri: vscode.Uri; below: string[] }[] = workspaceFolders.map(({ uri }) => ({
    uri: vscode.Uri.joinPath(uri, '.vscode', 'settings.json'),
    below: [],
  }));
  if (workspaceFile?.scheme === 'file') files.push({ uri: workspaceFile, below: ['settings'] });
  const tried = await Promise.all(files.map(({ uri, below }) => triedIn(uri, below)));
  return tried.flat();
}

async function triedIn(uri: vscode.Uri, below: string[]): Promise<Mark[]> {
  if (uri.scheme !== 'file') return [];
  const text = await textOf(uri);
  return triedSettings(text, below).map(({ name, line, column }) => ({
    ...{ severity: 'warning' as const, file: uri.fsPath, line, column },
    message: `A workspace cannot set ${name}; this is ignored. Set it in your own settings.`,
  }));
}

/** Empty where there is none, or none that could be read. */
async function textOf(uri: vscode.Uri): Promise<string> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MOST_SETTINGS_FILE) return '';
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return '';
  }
}
