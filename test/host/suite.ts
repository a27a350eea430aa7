import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as vscode from 'vscode';
import { ORGANIZATION_POLICY } from './organizationPolicy.ts';
import { EDITOR_MODELS } from './editorModels.ts';
import { LANGUAGE_TOOLS } from './languageTools.ts';
import { playedTasks, tasksAsTests } from './recordedTasks.ts';
import { UNSAVED_TEXT } from './unsavedText.ts';

const BROKEN = 'confirm_action: true\n';

/** What runs inside a real extension host, as the extension's own code does. */
const TESTS: [name: string, test: () => Promise<void>][] = [
  [
    'the editor’s start opens no session and makes no log',
    async () => {
      await until(() => extension().isActive);
      await new Promise((resolve) => setTimeout(resolve, 4000));
      assert.deepEqual(events(), []);
    },
  ],
  [
    'every command of the manifest is registered after activation',
    async () => {
      await extension().activate();
      const registered = new Set(await vscode.commands.getCommands(true));
      const { contributes } = extension().packageJSON as { contributes: { commands: { command: string }[] } };
      assert.ok(contributes.commands.length >= 10);
      assert.deepEqual(
        contributes.commands.map(({ command }) => command).filter((command) => !registered.has(command)),
        [],
      );
    },
  ],
  [
    'a run started by a command waits for a person, and Stop ends it without an effect',
    async () => {
      void vscode.commands.executeCommand('oversign.runAgent', 'Find the bug');
      await until(() => events().some(({ type }) => type === 'asked'));
      await vscode.commands.executeCommand('oversign.stop');
      await until(() => events().some(({ type }) => type === 'run_finished'));
      const log = events();
      assert.equal(log.find(({ type }) => type === 'answered')?.data['by'], 'cancelled');
      assert.equal(log.find(({ type }) => type === 'run_finished')?.data['state'], 'stopped');
      assert.equal(log.filter(({ type, data }) => type === 'started' && data['effect'] === 'execute').length, 0);
    },
  ],
  [
    'Data Exposure is looked at when it is opened, and the receipt of the last run is a document',
    async () => {
      await vscode.commands.executeCommand('oversign.exposure.focus');
      await vscode.commands.executeCommand('oversign.refreshExposure');
      await vscode.commands.executeCommand('oversign.showReceipt');
      const isReceipt = ({ label, input }: vscode.Tab): boolean =>
        input instanceof vscode.TabInputWebview && label === 'Privacy Receipt';
      const receipts = (): vscode.Tab[] =>
        vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.filter((tab) => isReceipt(tab)));
      await until(() => receipts().length === 1);
      // What is no entry of a view is said to be none, and opens nothing.
      await vscode.commands.executeCommand('oversign.showReceipt', { run: 5 });
      await vscode.commands.executeCommand('oversign.showInLog', { run: 'none' });
      assert.equal(receipts().length, 1);
      await vscode.window.tabGroups.close(receipts());
    },
  ],
  [
    'a run keeps the folders it began with while others come and go; the next one has those of then',
    async () => {
      await withFolders(1, async ([sample = '', other = '', missing = '']) => {
        const before = events().length;
        const since = (): ReturnType<typeof events> => events().slice(before);
        void vscode.commands.executeCommand('oversign.runAgent', 'Find the bug');
        await until(() => since().some(({ type }) => type === 'asked'));
        await changeFolders(1, 0, other);
        await until(() => since().some(({ type }) => type === 'notice'));
        await changeFolders(1, 1);
        await changeFolders(1, 0, other, missing);
        await until(() => since().filter(({ type }) => type === 'notice').length === 2);
        const words = since().flatMap(({ type, payload }) => (type === 'notice' ? [String(payload['words'])] : []));
        assert.equal(words[1], `This run keeps the folders it began with. From the next run on: ${other}, ${missing}.`);
        assert.deepEqual(
          since().filter(({ type }) => ['interrupted', 'answered', 'run_finished'].includes(type)),
          [],
        );
        await vscode.commands.executeCommand('oversign.stop');
        await until(() => since().some(({ type }) => type === 'run_finished'));
        assert.equal(since().find(({ type }) => type === 'run_finished')?.data['state'], 'stopped');
        void vscode.commands.executeCommand('oversign.runAgent', 'Find the bug');
        await until(() => since().filter(({ type }) => type === 'asked').length === 2);
        await vscode.commands.executeCommand('oversign.stop');
        await until(() => since().filter(({ type }) => type === 'run_finished').length === 2);
        const folders = since()
          .filter(({ type }) => type === 'run_started')
          .map(({ payload }) => (payload['folders'] as { path: string }[]).map(({ path }) => path));
        assert.deepEqual(folders, [[sample], [sample, other]]); // what is missing is left out, and ends nothing
      });
    },
  ],
  [
    'where prompts go cannot be set by a workspace',
    async () => {
      const configuration = vscode.workspace.getConfiguration('oversign.model');
      await assert.rejects(async () =>
        configuration.update('baseUrl', 'http://127.0.0.1:9', vscode.ConfigurationTarget.Workspace),
      );
    },
  ],
  [
    'a policy with an error is marked at its place',
    async () => {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      assert.ok(folder);
      const file = vscode.Uri.joinPath(folder, '.oversign', 'policy.yaml');
      await vscode.workspace.fs.writeFile(file, new TextEncoder().encode('timeout: 10\nconfirm_action: true\n'));
      await vscode.commands.executeCommand('oversign.runAgent', 'do it');
      await until(() => vscode.languages.getDiagnostics(file).length > 0);
      const [first] = vscode.languages.getDiagnostics(file);
      assert.match(first?.message ?? '', /unknown key "confirm_action" \(did you mean "confirm_actions"\?\)/);
      assert.deepEqual([first?.range.start.line, first?.range.start.character], [1, 0]);
      await vscode.workspace.fs.delete(file);
    },
  ],
  [
    'a policy that is being typed is completed, explained, and checked as it stands',
    async () => {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      assert.ok(folder);
      const file = vscode.Uri.joinPath(folder, '.oversign', 'policy.yaml');
      await vscode.workspace.fs.writeFile(file, new TextEncoder().encode('max_iterations: 5\n'));
      const editor = await vscode.window.showTextDocument(file);
      const type = (text: string): Thenable<boolean> =>
        editor.edit((edit) => {
          edit.insert(editor.document.lineAt(editor.document.lineCount - 1).range.end, text);
        });
      await type('tools:\n  file_system:\n    den');
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        file,
        new vscode.Position(3, 7),
      );
      const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      assert.ok(labels.includes('denied_paths'), labels.join(', '));
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        file,
        new vscode.Position(0, 3),
      );
      const words = hovers.flatMap(({ contents }) =>
        contents.map((one) => (one instanceof vscode.MarkdownString ? one.value : JSON.stringify(one))),
      );
      assert.match(words.join('\n'), /Turns of the model/);
      await type('ed_pths: []\n');
      await until(() =>
        vscode.languages.getDiagnostics(file).some(({ message }) => message.includes('did you mean "denied_paths"')),
      );
      await vscode.commands.executeCommand('undo');
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      await until(() => vscode.languages.getDiagnostics(file).length === 0);
      await vscode.workspace.fs.delete(file);
    },
  ],
  ...UNSAVED_TEXT,
  ...LANGUAGE_TOOLS,
  ...ORGANIZATION_POLICY,
  ...EDITOR_MODELS,
  ...tasksAsTests(),
  [
    'a policy outside the workspace is followed: made later, replaced, changed, removed, with its folder, behind a link',
    async () => {
      const folder = join(process.env['XDG_CONFIG_HOME'] ?? '', 'oversign');
      const file = join(folder, 'policy.yaml');
      const marked = (): boolean =>
        vscode.languages
          .getDiagnostics(vscode.Uri.file(file))
          .some(({ message }) => message.includes('confirm_action'));
      const unmarked = (): boolean => !marked();
      const recorded = (): number => events().filter(({ type }) => type === 'policy_changed').length;
      const replace = (text: string): void => {
        writeFileSync(`${file}.new`, text);
        renameSync(`${file}.new`, file);
      };
      const make = (): void => {
        mkdirSync(folder, { recursive: true });
        writeFileSync(file, BROKEN);
      };
      const before = recorded();
      await becoming(make, marked);
      await becoming(() => {
        replace('timeout: 77\n');
      }, unmarked);
      await until(() => recorded() > before); // in force, and the log says so
      await becoming(() => {
        writeFileSync(file, BROKEN);
      }, marked);
      await becoming(() => {
        rmSync(file);
      }, unmarked);
      await becoming(() => {
        replace(BROKEN);
      }, marked);
      await becoming(() => {
        rmSync(folder, { recursive: true });
      }, unmarked);
      await becoming(make, marked);
      const elsewhere = join(folder, '..', 'dotfiles.yaml');
      writeFileSync(elsewhere, 'timeout: 78\n');
      await becoming(() => {
        symlinkSync(elsewhere, `${file}.new`);
        renameSync(`${file}.new`, file);
      }, unmarked);
      await becoming(() => {
        writeFileSync(elsewhere, BROKEN);
      }, marked);
      await becoming(() => {
        rmSync(folder, { recursive: true });
      }, unmarked);
    },
  ],
  [
    'what another window accepts counts in this one',
    async () => {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      assert.ok(folder);
      const file = vscode.Uri.joinPath(folder, '.oversign', 'policy.yaml');
      const text = 'rules: [{decision: allow, tools: [write_file], why: ours}]\n';
      const said = (): boolean =>
        vscode.languages.getDiagnostics(file).some(({ message }) => message.includes('is ignored'));
      await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
      await until(said);
      const accepted = { [file.fsPath]: createHash('sha256').update(text).digest('hex') };
      const list = join(process.env['XDG_DATA_HOME'] ?? '', 'oversign', 'accepted-policies.json');
      writeFileSync(`${list}.new`, JSON.stringify({ version: 1, accepted }));
      renameSync(`${list}.new`, list);
      await until(() => !said());
      await vscode.workspace.fs.delete(file);
    },
  ],
];

export async function run(): Promise<void> {
  const tests: { name: string; state: 'passed' | 'failed'; error?: string }[] = [];
  const only = process.env['OVERSIGN_TASKS'];
  for (const [name, test] of only === undefined ? TESTS : playedTasks(only)) {
    try {
      await test();
      tests.push({ name, state: 'passed' });
      console.log(`  ok   ${name}`);
    } catch (error) {
      tests.push({
        name,
        state: 'failed',
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
      console.log(`  FAIL ${name}\n${String(error)}`);
    }
  }
  const failed = tests.filter(({ state }) => state === 'failed').length;
  writeFileSync(
    process.env['OVERSIGN_HOST_RESULT'] ?? '',
    JSON.stringify({ passed: tests.length - failed, failed, skipped: 0, tests }),
  );
  if (failed > 0) throw new Error(`${failed} tests failed`);
}

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('oversign.oversign');
  assert.ok(found, 'the extension is installed');
  return found;
}

/** Does something with a window of one folder, and two others beside it, the second of which is not there. */
async function withFolders(count: number, work: (folders: string[]) => Promise<void>): Promise<void> {
  const own = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  assert.equal(own.length, count);
  const [sample = ''] = own;
  const [other, missing] = [`${sample}-other`, `${sample}-missing`];
  mkdirSync(other);
  try {
    await work([sample, other, missing]);
  } finally {
    await changeFolders(1, (vscode.workspace.workspaceFolders?.length ?? 1) - 1);
  }
}

/** Puts folders in the place of others, and waits until the editor says so. */
async function changeFolders(start: number, removed: number, ...added: string[]): Promise<void> {
  if (removed + added.length === 0) return;
  const changed = new Promise<void>((resolve) => {
    const listener = vscode.workspace.onDidChangeWorkspaceFolders(() => {
      listener.dispose();
      resolve();
    });
  });
  const folders = added.map((folder) => ({ uri: vscode.Uri.file(folder) }));
  assert.ok(vscode.workspace.updateWorkspaceFolders(start, removed, ...folders));
  await changed;
}

function events(): { type: string; data: Record<string, unknown>; payload: Record<string, unknown> }[] {
  const file = join(process.env['XDG_DATA_HOME'] ?? '', 'oversign', 'audit.db');
  try {
    using database = new DatabaseSync(file, { readOnly: true });
    return database
      .prepare(
        'SELECT e.type AS type, e.body AS body, p.body AS payload FROM events e LEFT JOIN payloads p ON p.seq = e.seq ORDER BY e.seq',
      )
      .all()
      .map((row) => ({
        type: String(row['type']),
        data: (JSON.parse(String(row['body'])) as { data: Record<string, unknown> }).data,
        payload: JSON.parse(String(row['payload'] ?? '{}')) as Record<string, unknown>,
      }));
  } catch {
    return []; // not there yet
  }
}

/** Does something outside the editor, and waits until it shows. */
async function becoming(change: () => void, shows: () => boolean): Promise<void> {
  assert.equal(shows(), false, 'it shows before it is so');
  change();
  await until(shows);
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries > 1200) throw new Error('it did not come to that within 120 s');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
