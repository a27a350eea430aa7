import * as vscode from 'vscode';
import type { PanelState } from '../shared/runView.ts';
import { waitingIn } from '../shared/waiting.ts';

/**
 * How the window's run stands, for the `when` clauses of the manifest: a command is offered, and a key does something, only
 * where it has something to do.
 */
export class ContextKeys {
  readonly #set = new Map<string, boolean>();

  show(state: Pick<PanelState, 'approvals' | 'questions' | 'limit' | 'run'>): void {
    const { run } = state;
    this.#tell('oversign.isAsking', waitingIn(state) > 0);
    this.#tell('oversign.isWorking', run?.state === 'running' || run?.state === 'waiting');
    this.#tell('oversign.hasRun', run !== undefined);
  }

  #tell(key: string, value: boolean): void {
    if (this.#set.get(key) === value) return;
    this.#set.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
