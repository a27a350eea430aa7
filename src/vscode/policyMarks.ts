import * as vscode from 'vscode';

/** Something to say about a place in a policy file; line and column are counted from 1. */
export interface Mark {
  severity: 'error' | 'warning' | 'info';
  message: string;
  file: string;
  line: number;
  column: number;
}

/**
 * What is wrong in policy files, in the editor's Problems view, at its place: what the last look at the files found,
 * and for documents that are open, what their text says. A document with unsaved changes speaks for itself.
 */
export class PolicyMarks implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('oversign');
  readonly #found = new Map<string, readonly Mark[]>();
  readonly #typed = new Map<string, readonly Mark[]>();

  /** Shows what a look at the files found, instead of what the look before it did. */
  show(marks: readonly Mark[]): void {
    const before = [...this.#found.keys()];
    this.#found.clear();
    for (const mark of marks) {
      if (mark.file === '') continue;
      const uri = vscode.Uri.file(mark.file).toString();
      this.#found.set(uri, [...(this.#found.get(uri) ?? []), mark]);
    }
    for (const uri of new Set([...before, ...this.#found.keys()])) this.#draw(vscode.Uri.parse(uri));
  }

  /** Shows what an open document's text says; `undefined` when it is closed. */
  showTyped(document: vscode.Uri, marks: readonly Mark[] | undefined): void {
    if (marks) this.#typed.set(document.toString(), marks);
    else this.#typed.delete(document.toString());
    this.#draw(document);
  }

  dispose(): void {
    this.#collection.dispose();
  }

  #draw(uri: vscode.Uri): void {
    const key = uri.toString();
    const typed = this.#typed.get(key);
    const isDirty = vscode.workspace.textDocuments.some(
      (document) => document.isDirty && document.uri.toString() === key,
    );
    const found = typed && isDirty ? [] : (this.#found.get(key) ?? []);
    // An error in the saved text is found by both.
    const all = new Map(
      [...(typed ?? []), ...found].map((mark) => [`${mark.line}:${mark.column}:${mark.message}`, mark]),
    );
    this.#collection.set(uri, [...all.values()].map(diagnosticOf));
  }
}

function diagnosticOf(mark: Mark): vscode.Diagnostic {
  const start = new vscode.Position(Math.max(0, mark.line - 1), Math.max(0, mark.column - 1));
  const range = new vscode.Range(start, start.translate(0, 200));
  const diagnostic = new vscode.Diagnostic(range, mark.message, severity(mark));
  diagnostic.source = 'Oversign';
  return diagnostic;
}

function severity(mark: Mark): vscode.DiagnosticSeverity {
  switch (mark.severity) {
    case 'error':
      return vscode.DiagnosticSeverity.Error;
    case 'warning':
      return vscode.DiagnosticSeverity.Warning;
    case 'info':
      return vscode.DiagnosticSeverity.Information;
  }
}
