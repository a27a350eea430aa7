import * as vscode from 'vscode';

const TITLE = 'Run Agent on This (Oversign)';
/** By `vscode.DiagnosticSeverity`; what the command takes. */
interface PickedProblem {
  line: number;
  column: number;
  level: number;
  message: string;
}

/** Problems as something to put before the agent: beside the quick fixes, which the Problems view shows too. */
export function problemActions(): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    { scheme: 'file' },
    {
      provideCodeActions(document, _range, { diagnostics }) {
        if (diagnostics.length === 0 || !vscode.workspace.getWorkspaceFolder(document.uri)) return [];
        const action = new vscode.CodeAction(TITLE, vscode.CodeActionKind.QuickFix);
        action.diagnostics = [...diagnostics];
        const problems = diagnostics.map((one): PickedProblem => ({
          line: one.range.start.line,
          column: one.range.start.character,
          level: one.severity,
          message: one.message,
        }));
        action.command = {
          command: 'oversign.runOnThis',
          title: TITLE,
          arguments: [{ problemsOf: document.uri, problems }],
        };
        return [action];
      },
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}
