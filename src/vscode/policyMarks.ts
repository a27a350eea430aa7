import * as vscode from 'vscode';

interface Mark {
  severity: 'error' | 'warning' | 'info';
  message: string;
  file: string;
  line: number;
  column: number;
}

/** What is wrong in policy files, in the editor's Problems view, at its place. */
export class PolicyMarks implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('oversign');

  show(marks: readonly Mark[]): void {
    this.#collection.clear();
    for (const file of new Set(marks.map((mark) => mark.file))) {
      if (file === '') continue;
      this.#collection.set(
        vscode.Uri.file(file),
        marks
          .filter((mark) => mark.file === file)
          .map((mark) => {
            const start = new vscode.Position(Math.max(0, mark.line - 1), Math.max(0, mark.column - 1));
            const diagnostic = new vscode.Diagnostic(
              new vscode.Range(start, start.translate(0, 200)),
              mark.message,
              severity(mark),
            );
            diagnostic.source = 'Oversign';
            return diagnostic;
          }),
      );
    }
  }

  dispose(): void {
    this.#collection.dispose();
  }
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
