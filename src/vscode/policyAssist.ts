import * as vscode from 'vscode';
import type { Mark, PolicyMarks } from './policyMarks.ts';

interface Proposal {
  label: string;
  insert: string;
  detail: string;
  documentation: string;
  from: number;
  to: number;
}

/** What knows policies. Nothing is asked before a policy is open, so all of it can be loaded then. */
export interface PolicyKnowledge {
  completions(text: string, offset: number): Promise<Proposal[]>;
  hover(text: string, offset: number): Promise<{ markdown: string; from: number; to: number } | undefined>;
  /** What is wrong with a text that would be saved as this file. */
  check(text: string, file: string): Promise<Mark[]>;
  /** Whether a file with a policy's name is one. */
  isPolicy(path: string): boolean;
}

// The organization's and the user's policy stand in a folder named oversign on every platform; a policy that is being
// written for the first time is untitled.
const POLICIES: vscode.DocumentSelector = ['file', 'untitled'].flatMap((scheme) => [
  { scheme, pattern: '**/.oversign/policy.yaml' },
  { scheme, pattern: '**/oversign/policy.yaml' },
]);
const PAUSE_MS = 300;

/** Help while a policy is written: completion, hover, and what is wrong with it, a moment after each change. */
export class PolicyAssist implements vscode.Disposable {
  readonly #knows: PolicyKnowledge;
  readonly #marks: PolicyMarks;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #parts: vscode.Disposable[];

  constructor(knows: PolicyKnowledge, marks: PolicyMarks) {
    this.#knows = knows;
    this.#marks = marks;
    const completion: vscode.CompletionItemProvider = {
      provideCompletionItems: (document, position) => this.#complete(document, position),
    };
    this.#parts = [
      vscode.languages.registerCompletionItemProvider(POLICIES, completion, ' ', '"'),
      vscode.languages.registerHoverProvider(POLICIES, {
        provideHover: (document, position) => this.#hover(document, position),
      }),
      vscode.workspace.onDidOpenTextDocument((document) => this.#soon(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#soon(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#closed(document)),
    ];
    for (const document of vscode.workspace.textDocuments) this.#soon(document);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    for (const part of this.#parts) part.dispose();
  }

  #isPolicy(document: vscode.TextDocument): boolean {
    return vscode.languages.match(POLICIES, document) > 0 && this.#knows.isPolicy(document.uri.fsPath);
  }

  async #complete(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.CompletionItem[]> {
    if (!this.#isPolicy(document)) return [];
    const found = await this.#knows.completions(document.getText(), document.offsetAt(position));
    return found.map((one, index) => {
      const item = new vscode.CompletionItem(one.label, vscode.CompletionItemKind.Property);
      item.insertText = one.insert;
      item.keepWhitespace = true; // indented for its place already
      item.detail = one.detail;
      item.documentation = new vscode.MarkdownString(one.documentation);
      item.range = rangeOf(document, one);
      item.sortText = String(index).padStart(3, '0'); // as in the schema, not by the alphabet
      return item;
    });
  }

  async #hover(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Hover | undefined> {
    if (!this.#isPolicy(document)) return undefined;
    const found = await this.#knows.hover(document.getText(), document.offsetAt(position));
    return found && new vscode.Hover(new vscode.MarkdownString(found.markdown), rangeOf(document, found));
  }

  #soon(document: vscode.TextDocument): void {
    if (!this.#isPolicy(document)) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      // The text that cannot be checked now is checked when it is saved or used, and that failure is shown there.
      this.#check(document).catch(() => this.#marks.showTyped(document.uri, undefined));
    }, PAUSE_MS);
    this.#timers.set(key, timer);
  }

  async #check(document: vscode.TextDocument): Promise<void> {
    const { version } = document;
    const marks = await this.#knows.check(document.getText(), document.uri.fsPath);
    if (!document.isClosed && document.version === version) this.#marks.showTyped(document.uri, marks);
  }

  #closed(document: vscode.TextDocument): void {
    if (!this.#isPolicy(document)) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#marks.showTyped(document.uri, undefined);
  }
}

function rangeOf(document: vscode.TextDocument, { from, to }: { from: number; to: number }): vscode.Range {
  return new vscode.Range(document.positionAt(from), document.positionAt(to));
}
