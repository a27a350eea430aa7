import * as vscode from 'vscode';
import { withoutIcons } from '../vscode/messages.ts';
import { spokenPath } from './spokenPath.ts';
import type { Place } from './workplace.ts';
import { foldersOf, linesOf, problemWords, quoted, type Problem } from './referenceWords.ts';

/** More files than anybody looks through in a list; typing narrows it. */
const MOST_FILES = 5000;

/** A file as the agent's tools take it. */
type Named = (uri: vscode.Uri) => string;

interface ReferenceItem extends vscode.QuickPickItem {
  /** What goes into the task. */
  reference?: string;
}

/**
 * Lets the person choose what a task speaks of: the selection, the file in sight, its problems, a file or a folder. Files
 * and selections are named, not copied: their content leaves only when the agent reads it, by the policy.
 */
export async function pickReference(destination: string, places: readonly Place[]): Promise<string | undefined> {
  const named = (uri: vscode.Uri): string => spokenPath(uri.fsPath, places);
  const items = [...inSight(named), ...(await files(named))];
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Oversign: Add to the Task',
    placeHolder: `Files are named, not sent. Problems are sent as text. ${destination}`,
    matchOnDescription: true,
  });
  return picked?.reference;
}

/** What the editor shows right now. */
function inSight(named: Named): ReferenceItem[] {
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

async function files(named: Named): Promise<ReferenceItem[]> {
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

function problemOf({ range, severity, message }: vscode.Diagnostic): Problem {
  return { line: range.start.line, column: range.start.character, level: severity, message };
}
