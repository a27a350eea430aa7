import * as vscode from 'vscode';
import type { Approval } from '../shared/approval.ts';
import type { AgentView } from '../vscode/agentView.ts';
import type { AuditTree } from '../vscode/auditTree.ts';
import { EditorSign } from '../vscode/editorSign.ts';
import { plain } from '../vscode/messages.ts';
import { StandingToasts } from '../vscode/standingToasts.ts';
import type { TextDocuments } from '../vscode/textDocuments.ts';

/** Where this window can show that a question waits. */
interface Places {
  view: AgentView;
  tree: AuditTree;
  documents: TextDocuments;
}

/**
 * The signs that questions wait, beside the card, the view's badge and the status bar: toasts, where nobody looks at the
 * panel, and a line in the editor, which is all that Zen mode leaves. Each stands as long as what it says is so, leads
 * only to the card, and takes the focus from nobody.
 */
export class Attention implements vscode.Disposable {
  readonly #places: Places;
  readonly #toasts = new StandingToasts();
  readonly #sign = new EditorSign();

  constructor(places: Places) {
    this.#places = places;
  }

  /** These wait, and no others: to be told whenever that, the panel's visibility or the window's focus changes. */
  show(approvals: readonly Approval[]): void {
    const { view, tree, documents } = this.#places;
    const isLookedAt = view.isVisible && vscode.window.state.focused;
    // The title holds a model's words; in a toast the tool's name is enough, and the card shows the rest.
    const toasts = approvals.map(({ id, tool }): [string, string] => [
      id,
      `${plain(`Oversign: approval needed (${tool}).`)} [Show](command:oversign.agent.focus)`,
    ]);
    this.#toasts.show(new Map(isLookedAt ? [] : toasts));
    this.#sign.show(view.isVisible ? undefined : waitingWords(approvals.length));
    tree.showWaiting(view.isThere ? 0 : approvals.length);
    documents.proposed(new Set(approvals.map(({ id }) => id)));
  }

  dispose(): void {
    this.#toasts.dispose();
    this.#sign.dispose();
  }
}

function waitingWords(waiting: number): string | undefined {
  if (waiting === 0) return undefined;
  return `Oversign: ${waiting === 1 ? '1 approval' : `${waiting} approvals`} waiting`;
}
