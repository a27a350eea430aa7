import * as vscode from 'vscode';
import { withoutIcons } from '../vscode/messages.ts';
import { foldersOf, linesOf, problemWords, quoted, type Problem } from './referenceWords.ts';

/** More files than anybody looks through in a list; typing narrows it. */
const MOST_FILES = 5000;

interface ReferenceItem extends vscode.QuickPickItem {
  /** What goes into the task. */
  reference?: string;
}

/**
 * Lets the person choose what a task speaks of: the selection, the file in sight, its problems, a file or a folder. Files
 * and selections are named, not copied: their content leaves only when the agent reads it, by the policy.
 */
export async function pickReference(destination: string): Promise<string | undefined> {
  const items = [...inSight(), ...(await files())];
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Oversign: Add to the Task',
    placeHolder: `Files are named, not sent. Problems are sent as text. ${destination}`,
    matchOnDescription: true,
  });
  return picked?.reference;
}

/** What the editor shows right now. */
function inSight(): ReferenceItem[] {
  const editor = vscode.window.activeTextEditor;
  const uri = editor?.document.uri;
  if (!editor || uri?.scheme !== 'file' || !vscode.workspace.getWorkspaceFolder(uri)) return [];
  const path = named(uri);
  const { selection } = editor;
  const lines = selection.isEmpty ? undefined : linesOf(selection.start, selection.end);
  const problems = vscode.languages.getDiagnostics(uri);
  return [
    ...(lines === undefined
      ? []
      : [
          {
            label: '$(list-selection) Selection',
            description: `${path}:${lines}`,
            reference: quoted(`${path}:${lines}`),
          },
        ]),
    { label: '$(file) This file', description: path, reference: quoted(path) },
    ...(problems.length === 0
      ? []
      : [
          {
            label: '$(warning) Problems of this file',
            description: `${problems.length} in ${path}`,
            reference: problemWords(path, problems.map(problemOf)),
          },
        ]),
    { label: 'Files and folders', kind: vscode.QuickPickItemKind.Separator },
  ];
}

async function files(): Promise<ReferenceItem[]> {
  const found = await vscode.workspace.findFiles('**/*', undefined, MOST_FILES);
  const paths = found.filter(({ scheme }) => scheme === 'file').map(named);
  const folders = new Set(paths.flatMap((path) => foldersOf(path)));
  return [
    ...[...folders]
      .sort()
      .map((path) => ({ label: `$(folder) ${withoutIcons(path)}/`, reference: quoted(`${path}/`) })),
    ...paths.sort().map((path) => ({ label: `$(file) ${withoutIcons(path)}`, reference: quoted(path) })),
  ];
}

/** As the agent's tools take it: below the one folder, or whole where there are several. */
function named(uri: vscode.Uri): string {
  return (vscode.workspace.workspaceFolders ?? []).length > 1
    ? uri.fsPath
    : vscode.workspace.asRelativePath(uri, false).replaceAll('\\', '/');
}

function problemOf({ range, severity, message }: vscode.Diagnostic): Problem {
  return { line: range.start.line, column: range.start.character, level: severity, message };
}
