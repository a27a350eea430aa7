import * as vscode from 'vscode';
import type { Approval } from '../shared/approval.ts';
import type { AgentView } from '../vscode/agentView.ts';
import { plain } from '../vscode/messages.ts';

/** A toast for each new question, unless the panel is in sight. It only leads there: nothing is approved in it. */
export class Announcements {
  readonly #view: AgentView;
  readonly #run: (work: () => Promise<void>) => void;
  readonly #announced = new Set<string>();

  /** `run`: does something, and tells where it fails. */
  constructor(view: AgentView, run: (work: () => Promise<void>) => void) {
    this.#view = view;
    this.#run = run;
  }

  announce(approvals: readonly Approval[]): void {
    for (const { id, tool } of approvals) {
      if (this.#announced.has(id)) continue;
      this.#announced.add(id);
      if (this.#view.isVisible) continue;
      // The title holds a model's words; in a toast the tool's name is enough, and the card shows the rest.
      void vscode.window
        .showInformationMessage(plain(`Oversign: approval needed (${tool}).`), 'Show')
        .then((picked) => {
          if (picked === 'Show') this.#run(() => this.#view.reveal());
        });
    }
  }
}
