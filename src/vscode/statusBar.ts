import * as vscode from 'vscode';
import type { PanelState } from '../shared/runView.ts';
import { waitingIn } from '../shared/waiting.ts';

/** The status bar: what goes on, where prompts go, and whether the sandbox works. A click opens the Agent view. */
export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('oversign.status', vscode.StatusBarAlignment.Left, 10);

  constructor() {
    this.#item.name = 'Oversign';
    this.#item.command = 'oversign.agent.focus';
  }

  show(state: PanelState): void {
    const questions = state.questions?.length ?? 0;
    const waiting = state.approvals.length + questions;
    const what = questions > 0 ? 'question' : 'approval';
    const words =
      waiting > 0
        ? `$(bell-dot) Oversign: ${waiting === 1 ? `1 ${what}` : `${waiting} ${what}s`} waiting`
        : state.limit
          ? '$(bell-dot) Oversign: go on?'
          : `${runIcon(state)} Oversign: ${runWords(state)}`;
    this.#item.text = words;
    this.#item.backgroundColor =
      waitingIn(state) > 0
        ? new vscode.ThemeColor('statusBarItem.warningBackground')
        : state.policy.state === 'invalid'
          ? new vscode.ThemeColor('statusBarItem.errorBackground')
          : undefined;
    this.#item.tooltip = [
      `Model: ${state.model.label}`,
      state.model.destination,
      `Sandbox: ${state.sandbox.text}`,
      `Policy: ${state.policy.state}`,
      ...(state.folders?.notes ?? []),
      ...(state.problem === undefined ? [] : [state.problem]),
    ].join('\n');
    this.#item.accessibilityInformation = { label: words.replace(/\$\([a-z-]+\) /, ''), role: 'button' };
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }
}

function runIcon(state: PanelState): string {
  if (state.policy.state === 'invalid') return '$(error)';
  if (state.problem !== undefined || state.folders?.leftOut === true) return '$(warning)';
  if (state.sandbox.state === 'refused' || state.sandbox.state === 'outside') return '$(warning)';
  return state.run?.state === 'running' || state.run?.state === 'stopping' ? '$(sync~spin)' : '$(shield)';
}

function runWords(state: PanelState): string {
  if (state.policy.state === 'invalid') return 'policy has errors';
  if (state.run?.state === 'running') return 'running';
  if (state.run?.state === 'stopping') return 'stopping';
  if (state.sandbox.state === 'refused') return 'no sandbox';
  if (state.sandbox.state === 'outside') return 'commands outside the sandbox';
  return state.model.provider;
}
