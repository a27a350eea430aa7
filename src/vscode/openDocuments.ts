import * as vscode from 'vscode';
import { LanguageServices } from './languageServices.ts';
import { savedInTime } from './savedInTime.ts';
import { onlyDifference } from './onlyDifference.ts';

/** What the core's port for an editor wants to know of a document (src/core/editor/port.ts). */
interface OpenDocument {
  path: string;
  isUnsaved: boolean;
  isPlain: boolean;
  text(most: number): string | undefined;
}

type Write = { kind: 'saved' | 'not for it' | 'changed' } | { kind: 'failed'; why: string };

/**
 * What is open in this window, of every kind that the editor tells of: text documents, notebooks, and by their tabs what
 * is neither (custom editors, and texts too large for extensions).
 */
export class OpenDocuments {
  readonly languages = new LanguageServices();

  documents(): OpenDocument[] {
    const found = new Map<string, OpenDocument>();
    // The first that is found of a file says the most of it.
    const add = (document: OpenDocument): void => {
      const before = found.get(document.path);
      if (!before) found.set(document.path, document);
      else if (document.isUnsaved && !before.isUnsaved) found.set(document.path, { ...document, isPlain: false });
    };
    for (const document of vscode.workspace.textDocuments) addAt(document.uri, (path) => add(ofText(document, path)));
    for (const document of vscode.workspace.notebookDocuments)
      addAt(document.uri, (path) => add(ofNotebook(document, path)));
    for (const { uri, isDirty } of tabs())
      addAt(uri, (path) => add({ path, isUnsaved: isDirty, isPlain: false, text: () => undefined }));
    return [...found.values()];
  }

  /** Why it could not be saved, as a sentence's end; undefined where it was. */
  async save(path: string, signal: AbortSignal): Promise<string | undefined> {
    const is = ({ uri }: { uri: vscode.Uri }): boolean => pathOf(uri) === path;
    const text = vscode.workspace.textDocuments.find((document) => is(document) && document.isDirty);
    const notebook = vscode.workspace.notebookDocuments.find((document) => is(document) && document.isDirty);
    const tab = tabs().find((one) => is(one) && one.isDirty);
    if (text && !text.isUntitled) return savedInTime(text.save(), signal);
    if (notebook && !notebook.isUntitled) return savedInTime(notebook.save(), signal);
    const uri = text?.uri ?? notebook?.uri ?? tab?.uri;
    return uri && savedInTime(saveByEditor(uri), signal);
  }

  /** A tab of what is gone would make it anew when it is saved, unsaved or not. The focus stays where it is. */
  async gone(path: string, to: string | undefined): Promise<void> {
    const own = vscode.window.tabGroups.all.flatMap((group) =>
      group.tabs.filter((tab) => !tab.isDirty && filesOf(tab.input).some((uri) => pathOf(uri) === path)),
    );
    const seen = own.filter(({ isActive }) => isActive).map(({ group: { viewColumn } }) => viewColumn);
    await vscode.window.tabGroups.close(own, true);
    if (to === undefined) return;
    for (const viewColumn of seen)
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(to), { viewColumn, preserveFocus: true });
  }

  async write(path: string, { before, after }: { before: string; after: string }, signal: AbortSignal): Promise<Write> {
    const document = vscode.workspace.textDocuments.find(({ uri, isUntitled }) => pathOf(uri) === path && !isUntitled);
    if (!document || !tabs().some(({ uri }) => uri.toString() === document.uri.toString())) return NOT_FOR_IT;
    if (document.isDirty) return { kind: 'changed' };
    // One kind of line end in it, and no mark at its beginning: what else it holds, the editor would not give back.
    if (document.encoding !== 'utf8' || document.getText() !== before || !hasOnly(document.eol, after))
      return NOT_FOR_IT;
    const edit = new vscode.WorkspaceEdit();
    const { from, to, text } = onlyDifference(before, after);
    edit.replace(document.uri, new vscode.Range(document.positionAt(from), document.positionAt(to)), text);
    // Bound to the version that was looked at: refused where something was typed since.
    if (!(await vscode.workspace.applyEdit(edit))) return { kind: 'changed' };
    const why = await savedInTime(document.save(), signal);
    return why === undefined ? { kind: 'saved' } : { kind: 'failed', why };
  }
}

const NOT_FOR_IT: Write = { kind: 'not for it' };

/** The file that a document is saved to; undefined where it is none, as of a new text without a name. */
function pathOf({ scheme, path, fsPath }: vscode.Uri): string | undefined {
  return scheme === 'file' || (scheme === 'untitled' && path.startsWith('/')) ? fsPath : undefined;
}

function addAt(uri: vscode.Uri, add: (path: string) => void): void {
  const path = pathOf(uri);
  if (path !== undefined) add(path);
}

function ofText(document: vscode.TextDocument, path: string): OpenDocument {
  return {
    path,
    isUnsaved: document.isDirty,
    isPlain: document.encoding === 'utf8',
    text(most) {
      const end = document.lineAt(document.lineCount - 1).range.end;
      return document.offsetAt(end) > most ? undefined : document.getText();
    },
  };
}

function ofNotebook(document: vscode.NotebookDocument, path: string): OpenDocument {
  return {
    path,
    isUnsaved: document.isDirty,
    isPlain: false,
    text(most) {
      if (!path.toLowerCase().endsWith('.ipynb')) return undefined;
      const text = JSON.stringify({
        cells: document.getCells().map((cell) => ({
          cell_type: cellType(cell),
          metadata: {},
          source: cell.document.getText(),
          ...(cell.kind === vscode.NotebookCellKind.Code && { execution_count: null, outputs: [] }),
        })),
        ...{ metadata: {}, nbformat: 4, nbformat_minor: 5 },
      });
      return text.length > most ? undefined : text;
    },
  };
}

function cellType({ kind, document }: vscode.NotebookCell): string {
  if (kind === vscode.NotebookCellKind.Markup) return 'markdown';
  return document.languageId === 'raw' ? 'raw' : 'code';
}

/** The files in tabs; of a comparison, its right side, which is the one that is edited. */
function tabs(): { uri: vscode.Uri; isDirty: boolean }[] {
  return vscode.window.tabGroups.all.flatMap((group) =>
    group.tabs.flatMap(({ input, isDirty }) => filesOf(input).map((uri) => ({ uri, isDirty }))),
  );
}

function filesOf(input: unknown): vscode.Uri[] {
  if (input instanceof vscode.TabInputTextDiff || input instanceof vscode.TabInputNotebookDiff) return [input.modified];
  const isFile =
    input instanceof vscode.TabInputText ||
    input instanceof vscode.TabInputCustom ||
    input instanceof vscode.TabInputNotebook;
  return isFile ? [input.uri] : [];
}

async function saveByEditor(uri: vscode.Uri): Promise<boolean> {
  return (await vscode.workspace.save(uri)) !== undefined;
}

function hasOnly(eol: vscode.EndOfLine, text: string): boolean {
  return eol === vscode.EndOfLine.LF ? !text.includes('\r') : !/(^|[^\r])\n|\r(?!\n)/.test(text);
}
