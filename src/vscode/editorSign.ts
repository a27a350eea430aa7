import * as vscode from 'vscode';

/** Not at the edge: sticky lines cover what stands at the top. */
const LINES_DOWN = 6;

/**
 * A few words behind a line of each editor that is in sight, where something waits for the person: Zen mode hides bars,
 * badges and toasts. They are no text of the document, and move nothing.
 */
export class EditorSign implements vscode.Disposable {
  readonly #color = new vscode.ThemeColor('editorWarning.foreground');
  readonly #type = vscode.window.createTextEditorDecorationType({
    overviewRulerColor: this.#color,
    overviewRulerLane: vscode.OverviewRulerLane.Full,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  #words: string | undefined;
  #following: vscode.Disposable | undefined;

  /** Undefined: nothing waits. */
  show(words: string | undefined): void {
    if (words === this.#words) return;
    this.#words = words;
    if (words === undefined) this.#unfollow();
    else this.#following ??= this.#follow();
    this.#draw();
  }

  dispose(): void {
    this.#unfollow();
    this.#type.dispose();
  }

  #follow(): vscode.Disposable {
    const draw = (): void => {
      this.#draw();
    };
    return vscode.Disposable.from(
      vscode.window.onDidChangeVisibleTextEditors(draw),
      vscode.window.onDidChangeTextEditorVisibleRanges(draw),
    );
  }

  #unfollow(): void {
    this.#following?.dispose();
    this.#following = undefined;
  }

  #draw(): void {
    for (const editor of vscode.window.visibleTextEditors) editor.setDecorations(this.#type, this.#signsIn(editor));
  }

  #signsIn(editor: vscode.TextEditor): vscode.DecorationOptions[] {
    const [seen] = editor.visibleRanges;
    if (this.#words === undefined || !seen) return [];
    const line = Math.min(seen.start.line + LINES_DOWN, seen.end.line, editor.document.lineCount - 1);
    const hoverMessage = new vscode.MarkdownString('[Show it](command:oversign.agent.focus)');
    hoverMessage.isTrusted = { enabledCommands: ['oversign.agent.focus'] };
    return [
      {
        range: editor.document.lineAt(line).range,
        hoverMessage,
        renderOptions: {
          after: { contentText: `● ${this.#words}`, color: this.#color, margin: '0 0 0 3em', fontWeight: 'bold' },
        },
      },
    ];
  }
}
