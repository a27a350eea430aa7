import * as vscode from 'vscode';
import type { AuditRecord, RunSummary } from '../shared/auditEvent.ts';
import { withoutIcons } from '../vscode/messages.ts';
import { figures, runName, whenWords } from './earlierLines.ts';
import type { NamedFiles } from './namedFiles.ts';
import { runWords } from './runReference.ts';
import { spokenPath } from './spokenPath.ts';
import type { Place } from './workplace.ts';
import { foldersOf, linesOf, problemWords, quoted, type Problem } from './referenceWords.ts';

/** More files than anybody looks through in a list; typing narrows it. */
const MOST_FILES = 5000;
const MOST_RUNS = 20;
/** Characters of a text of an earlier run. */
const MOST_OF_TEXT = 4000;

/** A file as the agent's tools take it. */
type Named = (uri: vscode.Uri) => string;

interface ReferenceItem extends vscode.QuickPickItem {
  /** What goes into the task. */
  reference?: string;
  /** An earlier run, whose words are looked up when it is picked. */
  run?: RunSummary;
}

/** What is asked of the window's session. */
interface Offering {
  readonly namedFiles: Pick<NamedFiles, 'offered'>;
  earlier(most: number): Promise<RunSummary[]>;
  events(run: string, most: number): Promise<AuditRecord[]>;
}

/**
 * Lets the person choose what a task speaks of: the selection, the file in sight, its problems, an earlier run, a file or
 * a folder. Files and selections are named, not copied: their content leaves only when the agent reads it, by the policy.
 * What is kept from the agent is not offered.
 */
export async function pickReference(
  session: Offering,
  destination: string,
  places: readonly Place[],
): Promise<string | undefined> {
  const named = (uri: vscode.Uri): string => spokenPath(uri.fsPath, places);
  const items = Promise.all([inSight(session, named), runs(session), files(session, named)]).then((all) => all.flat());
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Oversign: Add to the Task',
    placeHolder: `Files are named, not sent. Problems and earlier runs go in as text. ${destination}`,
    matchOnDescription: true,
  });
  if (picked?.run === undefined) return picked?.reference;
  return runWords(picked.run, await session.events(picked.run.run, MOST_OF_TEXT));
}

/** What the editor shows right now. */
async function inSight({ namedFiles }: Offering, named: Named): Promise<ReferenceItem[]> {
  const editor = vscode.window.activeTextEditor;
  const uri = editor?.document.uri;
  if (!editor || uri?.scheme !== 'file' || !vscode.workspace.getWorkspaceFolder(uri)) return [];
  if ((await namedFiles.offered([uri.fsPath])).length === 0) return [];
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
  ];
}

/** Runs that have ended, the last ones first. */
async function runs(session: Offering): Promise<ReferenceItem[]> {
  const earlier = await session.earlier(MOST_RUNS);
  if (earlier.length === 0) return [];
  return [
    { label: 'Earlier runs', kind: vscode.QuickPickItemKind.Separator },
    ...earlier.slice(0, MOST_RUNS).map((run) => ({
      label: `$(history) ${withoutIcons(runName(run))}`,
      description: [run.state, whenWords(run.time), ...figures(run)].join(' · '),
      run,
    })),
  ];
}

async function files({ namedFiles }: Offering, named: Named): Promise<ReferenceItem[]> {
  const found = await vscode.workspace.findFiles('**/*', undefined, MOST_FILES);
  const offered = new Set(await namedFiles.offered(found.map(({ fsPath }) => fsPath)));
  const paths = found.filter(({ scheme, fsPath }) => scheme === 'file' && offered.has(fsPath)).map(named);
  const folders = new Set(paths.flatMap((path) => foldersOf(path)));
  return [
    { label: 'Files and folders', kind: vscode.QuickPickItemKind.Separator },
    ...[...folders]
      .sort()
      .map((path) => ({ label: `$(folder) ${withoutIcons(path)}/`, reference: quoted(`${path}/`) })),
    ...paths.sort().map((path) => ({ label: `$(file) ${withoutIcons(path)}`, reference: quoted(path) })),
  ];
}

function problemOf({ range, severity, message }: vscode.Diagnostic): Problem {
  return { line: range.start.line, column: range.start.character, level: severity, message };
}
