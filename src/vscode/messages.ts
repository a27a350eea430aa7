import * as vscode from 'vscode';
import { visibleLine } from '../shared/visible.ts';

/**
 * Text for a notification. VS Code makes links of `[words](target)` there, commands of the editor among the targets;
 * texts that hold a model's or a repository's words must not become something to click.
 */
export function plain(text: string): string {
  return visibleLine(text).replaceAll('](', '] (');
}

/** Text for a picker or a status bar, which would draw `$(name)` as an icon: a green tick, say. */
export function withoutIcons(text: string): string {
  return visibleLine(text).replaceAll('$(', '$ (');
}

export function showProblem(error: unknown): void {
  void vscode.window.showErrorMessage(plain(`Oversign: ${error instanceof Error ? error.message : String(error)}`));
}
