import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { agent, type Worked } from './agent.ts';

// Text that is really unsaved, in a real editor, beside an agent that changes the same files.

const EDIT = { name: 'edit_file', args: { path: 'a.txt', old_text: 'one', new_text: 'two' } };

export const UNSAVED_TEXT: [name: string, test: () => Promise<void>][] = [
  [
    'a control: what is written beneath unsaved text, and is as long, is gone with the next save',
    async () => {
      const { folder, document } = await typedInto('control', 'a.txt', 'one mine\n', 'MINE');
      writeFileSync(join(folder, 'a.txt'), 'two mine\n');
      assert.equal(await document.save(), true);
      assert.equal(disk(folder, 'a.txt'), 'one MINE\n');
    },
  ],
  [
    'an edit of unsaved text saves it first, is made by the editor, and is undone by its undo',
    async () => {
      const { folder, document } = await typedInto('edit', 'a.txt', 'one mine\n', 'MINE');
      const { asked, events } = await agent(folder, EDIT);
      assert.equal(asked.length, 1);
      assert.match(JSON.stringify(asked[0]?.card), /Your unsaved changes are saved first/);
      assert.equal(document.isDirty, false);
      assert.equal(document.getText(), 'two MINE\n');
      await document.save();
      assert.equal(disk(folder, 'a.txt'), 'two MINE\n');
      assert.deepEqual(afterwards(events), [digest('two MINE\n')]);
      await vscode.window.showTextDocument(document);
      await vscode.commands.executeCommand('undo');
      assert.equal(document.getText(), 'one MINE\n');
      await document.save();
    },
  ],
  [
    'the same through a link',
    async () => {
      const { folder } = await typedInto('linked', 'a.txt', 'one mine\n');
      const link = `${folder}-link`;
      symlinkSync(folder, link);
      const document = await type(join(link, 'a.txt'), 'MINE');
      const { asked } = await agent(link, EDIT);
      assert.match(JSON.stringify(asked[0]?.card), /Your unsaved changes are saved first/);
      assert.equal(disk(folder, 'a.txt'), 'two MINE\n');
      await until(() => document.getText() === 'two MINE\n'); // open under both names, one of them made the edit
    },
  ],
  [
    'typing that begins while the card waits: asked anew, and nothing typed is lost',
    async () => {
      const { folder } = await typedInto('waits', 'a.txt', 'one mine\n');
      const { asked } = await agent(folder, EDIT, async ({ askedAgain }) => {
        if (askedAgain === undefined) await type(join(folder, 'a.txt'), 'MINE');
        return { choice: 'approve' };
      });
      assert.equal(asked.length, 2);
      assert.equal(disk(folder, 'a.txt'), 'two MINE\n');
    },
  ],
  [
    'a move and a delete: saving afterwards brings no file back, and what was typed went along',
    async () => {
      const moved = await typedInto('moved', 'a.txt', 'one mine\n', 'MINE');
      await agent(moved.folder, { name: 'move_path', args: { from: 'a.txt', to: 'b.txt' } });
      assert.equal(openedAt(), join(moved.folder, 'b.txt'));
      await vscode.commands.executeCommand('workbench.action.files.save');
      assert.equal(existsSync(join(moved.folder, 'a.txt')), false);
      assert.equal(disk(moved.folder, 'b.txt'), 'one MINE\n');
      const gone = await typedInto('deleted', 'a.txt', 'one mine\n', 'MINE');
      await agent(gone.folder, { name: 'delete_path', args: { path: 'a.txt' } });
      assert.notEqual(openedAt(), join(gone.folder, 'a.txt'));
      await vscode.commands.executeCommand('workbench.action.files.save');
      assert.equal(existsSync(join(gone.folder, 'a.txt')), false);
    },
  ],
  [
    'a read gives what was typed; a command gets what was saved, and says so',
    async () => {
      const { folder } = await typedInto('read', 'a.txt', 'one mine\n', 'MINE');
      const read = await agent(folder, { name: 'read_file', args: { path: 'a.txt' } });
      assert.match(output(read), /^1\tone MINE\n\[unsaved in the editor: a\.txt/);
      const ran = await agent(folder, { name: 'run_command', args: { command: 'cat a.txt' } });
      assert.match(
        output(ran),
        /^one mine\n[^]*\[unsaved in the editor: a\.txt\. This command got the older, saved text\]/,
      );
    },
  ],
  [
    'a file that was never saved, with a name of its own',
    async () => {
      const { folder } = await typedInto('fresh', 'other.txt', '');
      const uri = vscode.Uri.file(join(folder, 'a.txt')).with({ scheme: 'untitled' });
      const document = await vscode.workspace.openTextDocument(uri);
      await insert(document, 'one fresh\n', 0);
      const { asked } = await agent(folder, EDIT);
      assert.match(JSON.stringify(asked[0]?.card), /Your unsaved changes are saved first/);
      assert.equal(disk(folder, 'a.txt'), 'two fresh\n');
    },
  ],
  [
    'what runs before a save is waited for, its work is recorded, and it cannot hold up a call for ever',
    async () => {
      const { folder, document } = await typedInto('formatted', 'a.txt', 'one mine\n');
      const hook = vscode.workspace.onWillSaveTextDocument((event) => {
        if (event.document !== document) return;
        event.waitUntil(new Promise(() => undefined)); // never ends
        event.waitUntil(Promise.resolve([vscode.TextEdit.insert(new vscode.Position(0, 0), 'formatted ')]));
      });
      const worked = await agent(folder, EDIT);
      hook.dispose();
      const now = disk(folder, 'a.txt');
      assert.deepEqual(afterwards(worked.events), [digest(now)]);
      assert.equal(/other text than was approved/.test(output(worked)), now !== 'two mine\n');
    },
  ],
  [
    'a notebook is read as its cells stand in the editor, saved first, and asked about anew',
    async () => {
      const { folder } = await typedInto('notebook', 'other.txt', '');
      const file = join(folder, 'n.ipynb');
      // From 4.5 on the editor gives cells their ids, which is unsaved work.
      writeFileSync(file, JSON.stringify({ cells: [cell('x = 1')], metadata: {}, nbformat: 4, nbformat_minor: 4 }));
      const document = await vscode.workspace.openNotebookDocument(vscode.Uri.file(file));
      await vscode.window.showNotebookDocument(document);
      const edit = new vscode.WorkspaceEdit();
      const typed = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, 'y = 2', 'python');
      edit.set(document.uri, [vscode.NotebookEdit.insertCells(1, [typed])]);
      assert.equal(await vscode.workspace.applyEdit(edit), true);
      assert.equal(document.isDirty, true);
      assert.match(output(await agent(folder, { name: 'read_file', args: { path: 'n.ipynb' } })), /y = 2/);
      const args = { path: 'n.ipynb', old_text: 'x = 1', new_text: 'x = 3' };
      const { asked } = await agent(folder, { name: 'edit_file', args });
      assert.equal(asked.length, 2);
      assert.match(disk(folder, 'n.ipynb'), /x = 3[^]*y = 2/);
      await until(() => document.cellAt(0).document.getText() === 'x = 3' && !document.isDirty);
    },
  ],
];

/** A file in a folder of its own, open in the editor; with `typed`, its last word is that, unsaved. */
async function typedInto(name: string, file: string, text: string, typed?: string) {
  const workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const folder = join(workspace, 'unsaved', name);
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
  const document =
    typed === undefined
      ? await vscode.workspace.openTextDocument(join(folder, file))
      : await type(join(folder, file), typed);
  await vscode.window.showTextDocument(document);
  return { folder, document };
}

/** Puts a word in the place of `mine`. */
async function type(path: string, word: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(path);
  const at = document.getText().indexOf('mine');
  await insert(document, word, at, 'mine'.length);
  return document;
}

async function insert(document: vscode.TextDocument, text: string, at: number, over = 0): Promise<void> {
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  const place = new vscode.Range(document.positionAt(at), document.positionAt(at + over));
  assert.equal(
    await editor.edit((edit) => {
      edit.replace(place, text);
    }),
    true,
  );
  assert.equal(document.isDirty, true);
}

function openedAt(): string | undefined {
  return vscode.window.activeTextEditor?.document.uri.fsPath;
}

function cell(source: string) {
  return { cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source: [source] };
}

function disk(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The digests of what stood there after each change, as the log says. */
function afterwards(events: Worked['events']): unknown[] {
  return events.flatMap(({ type: kind, payload }) =>
    kind === 'changed'
      ? (payload?.['paths'] as { after?: { digest?: string } }[]).map(({ after }) => after?.digest)
      : [],
  );
}

function output({ events }: Worked): string {
  return String(events.findLast(({ type: kind }) => kind === 'finished')?.payload?.['output']);
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries > 300) throw new Error('it did not come to that within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
