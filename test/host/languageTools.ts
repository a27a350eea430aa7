import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { agent, type Call, type Worked } from './agent.ts';

// The tools over language services, beside a real editor: a small language of the test's own, and what the editor ships.

const LANGUAGE = { pattern: '**/*.small' };
const WORD = /[a-z]\w*/g;

/** Every word of the language is a symbol, defined where it stands first in the folder, and renamed in all its files. */
class Small
  implements
    vscode.DocumentSymbolProvider,
    vscode.DefinitionProvider,
    vscode.ReferenceProvider,
    vscode.RenameProvider,
    vscode.WorkspaceSymbolProvider
{
  readonly #files: readonly string[];
  constructor(files: readonly string[]) {
    this.#files = files;
  }

  provideDocumentSymbols(document: vscode.TextDocument): vscode.DocumentSymbol[] {
    return wordsIn(document).map(
      ({ word, range }) => new vscode.DocumentSymbol(word, '', vscode.SymbolKind.Function, range, range),
    );
  }

  async provideWorkspaceSymbols(query: string): Promise<vscode.SymbolInformation[]> {
    const all = await this.#all();
    return all
      .filter(({ word }) => word.includes(query))
      .map(({ word, location }) => new vscode.SymbolInformation(word, vscode.SymbolKind.Class, 'small', location));
  }

  async provideDefinition(document: vscode.TextDocument, at: vscode.Position): Promise<vscode.Location | undefined> {
    return (await this.#same(document, at))[0];
  }

  provideReferences(document: vscode.TextDocument, at: vscode.Position): Promise<vscode.Location[]> {
    return this.#same(document, at);
  }

  async provideRenameEdits(
    document: vscode.TextDocument,
    at: vscode.Position,
    name: string,
  ): Promise<vscode.WorkspaceEdit> {
    const edit = new vscode.WorkspaceEdit();
    for (const { uri, range } of await this.#same(document, at)) edit.replace(uri, range, name);
    return edit;
  }

  async #same(document: vscode.TextDocument, at: vscode.Position): Promise<vscode.Location[]> {
    const wanted = document.getText(document.getWordRangeAtPosition(at, /[a-z]\w*/));
    return (await this.#all()).flatMap(({ word, location }) => (word === wanted ? [location] : []));
  }

  async #all(): Promise<{ word: string; location: vscode.Location }[]> {
    const documents = await Promise.all(this.#files.map((file) => vscode.workspace.openTextDocument(file)));
    return documents.flatMap((document) =>
      wordsIn(document).map(({ word, range }) => ({ word, location: new vscode.Location(document.uri, range) })),
    );
  }
}

function wordsIn(document: vscode.TextDocument): { word: string; range: vscode.Range }[] {
  return [...document.getText().matchAll(WORD)].map(({ 0: word, index }) => ({
    word,
    range: new vscode.Range(document.positionAt(index), document.positionAt(index + word.length)),
  }));
}

export const LANGUAGE_TOOLS: [name: string, test: () => Promise<void>][] = [
  [
    'symbols, definitions, references and problems come from the language services, of unsaved text too',
    async () => {
      const { folder, dispose } = small('looking', { 'a.small': 'one two\n', 'b.small': 'x\none\n' });
      const problems = vscode.languages.createDiagnosticCollection('small');
      try {
        const document = await vscode.workspace.openTextDocument(join(folder, 'b.small'));
        await typed(document, 'three\n');
        problems.set(document.uri, [
          new vscode.Diagnostic(new vscode.Range(0, 0, 0, 3), 'odd word', vscode.DiagnosticSeverity.Warning),
        ]);
        assert.match(await told(folder, 'symbols', { path: 'b.small' }), /^b\.small:1: function three\n/);
        assert.match(await told(folder, 'symbols', { query: 'thr' }), /^b\.small:1: class three \(in small\)$/);
        const place = { path: 'b.small', line: 3, symbol: 'one' };
        assert.equal(await told(folder, 'definition', place), 'a.small:1: one two');
        assert.equal(await told(folder, 'references', place), 'a.small:1: one two\nb.small:3: one');
        assert.match(await told(folder, 'diagnostics', {}), /^b\.small:1:1: warning: odd word/);
        assert.match(await told(folder, 'open_files', {}), /b\.small: the user works in it, unsaved/);
        await vscode.commands.executeCommand('workbench.action.files.revert');
      } finally {
        problems.dispose();
        dispose();
      }
    },
  ],
  [
    'a symbol is renamed in every file: by the editor where it is open, so that its undo knows, with line ends and marks',
    async () => {
      const { folder, dispose } = small('renaming', { 'a.small': '\ufeffone two\r\none\r\n', 'b.small': 'x one\n' });
      try {
        const document = await vscode.workspace.openTextDocument(join(folder, 'b.small'));
        await vscode.window.showTextDocument(document, { preview: false });
        const args = { path: 'b.small', line: 1, symbol: 'one', to: 'first' };
        const { asked } = await agent(folder, { name: 'rename_symbol', args });
        assert.equal(asked.length, 1);
        assert.equal(asked[0]?.card.blocks.filter(({ kind }) => kind === 'diff').length, 2);
        assert.equal(disk(folder, 'a.small'), '\ufefffirst two\r\nfirst\r\n');
        assert.equal(disk(folder, 'b.small'), 'x first\n');
        assert.equal(document.getText(), 'x first\n');
        assert.equal(document.isDirty, false);
        await vscode.window.showTextDocument(document);
        await vscode.commands.executeCommand('undo');
        assert.equal(document.getText(), 'x one\n');
        await document.save();
      } finally {
        dispose();
      }
    },
  ],
  [
    'one that would touch a protected file is denied whole',
    async () => {
      const { folder, dispose } = small('denied', { 'a.small': 'one\n', '.vscode/b.small': 'one\n' });
      try {
        const args = { path: 'a.small', line: 1, symbol: 'one', to: 'first' };
        const { asked, events } = await agent(folder, { name: 'rename_symbol', args });
        assert.equal(asked.length, 0);
        assert.equal(events.find(({ type }) => type === 'decided')?.data['verdict'], 'deny');
        assert.equal(disk(folder, 'a.small'), 'one\n');
      } finally {
        dispose();
      }
    },
  ],
  [
    'the service for JavaScript that the editor ships finds and renames across files',
    async () => {
      const workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
      const folder = join(workspace, 'languages', 'shipped');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'a.mjs'), 'export function one() {\n  return 1;\n}\n');
      writeFileSync(join(folder, 'b.mjs'), "import { one } from './a.mjs';\n\nconsole.log(one());\n");
      for (const file of ['a.mjs', 'b.mjs'])
        await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(join(folder, file)), {
          preview: false,
        });
      const place = { path: 'b.mjs', line: 3, symbol: 'one' };
      // It is read in when its first file is opened.
      for (let tries = 0; !(await told(folder, 'definition', place)).startsWith('a.mjs:1: export'); tries += 1) {
        assert.ok(tries < 30, 'it finds the definition');
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
      assert.match(await told(folder, 'references', place), /^a\.mjs:1: export[^]*b\.mjs:3: console/m);
      assert.match(await told(folder, 'symbols', { path: 'a.mjs' }), /a\.mjs:1: function one/);
      // Where it is used, it gives the import another name alone; where it is defined, it renames all.
      await agent(folder, { name: 'rename_symbol', args: { path: 'a.mjs', line: 1, symbol: 'one', to: 'first' } });
      assert.equal(disk(folder, 'a.mjs'), 'export function first() {\n  return 1;\n}\n');
      assert.equal(disk(folder, 'b.mjs'), "import { first } from './a.mjs';\n\nconsole.log(first());\n");
    },
  ],
  [
    'a language that throws, or says far too much, is told as what it is',
    async () => {
      const { folder, dispose } = small('hostile', { 'a.small': 'one\n', 'h.hostile': 'one\n' });
      const selector = { pattern: '**/*.hostile' };
      const flood = (document: vscode.TextDocument): vscode.Location[] =>
        new Array<vscode.Location>(100_000).fill(new vscode.Location(document.uri, new vscode.Position(0, 0)));
      const held = [
        vscode.languages.registerDefinitionProvider(selector, { provideDefinition: flood }),
        vscode.languages.registerRenameProvider(selector, {
          provideRenameEdits: () => {
            throw new Error('not today');
          },
        }),
      ];
      try {
        const place = { path: 'h.hostile', line: 1, symbol: 'one' };
        assert.match(await told(folder, 'definition', place), /^h\.hostile:1: one(\n\[\d+ more not shown\])?$/);
        const { asked, events } = await agent(folder, { name: 'rename_symbol', args: { ...place, to: 'x' } });
        assert.equal(asked.length, 0);
        assert.match(
          String(events.findLast(({ type }) => type === 'finished')?.payload?.['output']),
          /not today|no way/,
        );
      } finally {
        for (const one of held) one.dispose();
        dispose();
      }
    },
  ],
];

/** A folder of the language, with its services. */
function small(name: string, files: Record<string, string>): { folder: string; dispose: () => void } {
  const workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const folder = join(workspace, 'languages', name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const provider = new Small(Object.keys(files).map((file) => join(folder, file)));
  const held = [
    vscode.languages.registerDocumentSymbolProvider(LANGUAGE, provider),
    vscode.languages.registerWorkspaceSymbolProvider(provider),
    vscode.languages.registerDefinitionProvider(LANGUAGE, provider),
    vscode.languages.registerReferenceProvider(LANGUAGE, provider),
    vscode.languages.registerRenameProvider(LANGUAGE, provider),
  ];
  return {
    folder,
    dispose: () => {
      for (const one of held) one.dispose();
    },
  };
}

async function typed(document: vscode.TextDocument, text: string): Promise<void> {
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  const isMade = await editor.edit((edit) => {
    edit.insert(new vscode.Position(0, 0), text);
  });
  assert.equal(isMade, true);
}

async function told(folder: string, name: string, args: Call['args']): Promise<string> {
  const { events }: Worked = await agent(folder, { name, args });
  return String(events.findLast(({ type }) => type === 'finished')?.payload?.['output']);
}

function disk(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}
