import * as vscode from 'vscode';
import { folderLabels } from '../shared/folderLabels.ts';
import { Failure } from '../core/outcome.ts';
import { withoutIcons } from '../vscode/messages.ts';
import { windowFolders, windowNames } from './windowSession.ts';

/** Lets a person choose among the open folders, that of the active editor first; undefined where they left. */
export async function askWhichFolders(chosen: readonly string[]): Promise<string[] | undefined> {
  const folders = withFirst(windowFolders(), activeFolder());
  if (folders.length === 0) throw new Failure('Open a folder first: the agent works inside workspace folders only.');
  const picked = await vscode.window.showQuickPick(folderItems(folders, chosen), {
    title: 'Oversign: Folders of the Next Run',
    placeHolder: 'The first one is where commands start. Each is bound by its own policy.',
    canPickMany: true,
    matchOnDetail: true,
  });
  if (!picked) return undefined;
  if (picked.length === 0) throw new Failure('A run needs a folder. Nothing was changed.');
  return picked.map(({ folder }) => folder);
}

/** Lets a person choose one of some folders; the one where there is no other. */
export async function askForOneFolder(
  folders: readonly { label: string; path: string; told: string }[],
  title: string,
): Promise<string | undefined> {
  const [first, ...others] = folders;
  if (others.length === 0) return first?.path;
  const picked = await vscode.window.showQuickPick(
    folders.map(({ label, path, told }) => ({
      label: withoutIcons(label),
      description: told,
      detail: withoutIcons(path),
      path,
    })),
    { title, placeHolder: 'Of which folder?' },
  );
  return picked?.path;
}

/** The folder of what is being edited, if it is one of the window's. */
function activeFolder(): string | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return uri && vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath;
}

/** The same, one of them first. */
function withFirst(folders: readonly string[], first: string | undefined): string[] {
  return first === undefined || !folders.includes(first)
    ? [...folders]
    : [first, ...folders.filter((one) => one !== first)];
}

function folderItems(folders: readonly string[], chosen: readonly string[]): FolderItem[] {
  const labels = folderLabels(folders, windowNames());
  return folders.map((folder) => ({
    label: withoutIcons(labels.get(folder) ?? folder),
    detail: withoutIcons(folder),
    picked: chosen.includes(folder),
    folder,
  }));
}

interface FolderItem extends vscode.QuickPickItem {
  folder: string;
}
