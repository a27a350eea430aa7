import * as vscode from 'vscode';
import type { PanelState } from '../shared/runView.ts';

/** The status bar: what goes on, where prompts go, and whether the sandbox works. A click opens the Agent view. */
export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('oversign.status', vscode.StatusBarAlignment.Left, 10);

  constructor() {
    this.#item.name = 'Oversign';
    this.#item.command = 'oversign.agent.focus';
  }

  show(state: PanelState): void {
    const waiting = state.approvals.length;
    const words =
      waiting > 0
        ? `$(bell-dot) Oversign: ${waiting === 1 ? '1 approval' : `${waiting} approvals`} waiting`
        : `${runIcon(state)} Oversign: ${runWords(state)}`;
    this.#item.text = words;
    this.#item.backgroundColor = waiting > 0 ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
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
  if (state.problem !== undefined || state.folders?.leftOut === true) return '$(warning)';
  if (state.sandbox.state === 'refused' || state.sandbox.state === 'outside') return '$(warning)';
  return state.run?.state === 'running' || state.run?.state === 'stopping' ? '$(sync~spin)' : '$(shield)';
}

function runWords(state: PanelState): string {
  if (state.run?.state === 'running') return 'running';
  if (state.run?.state === 'stopping') return 'stopping';
  if (state.sandbox.state === 'refused') return 'no sandbox';
  if (state.sandbox.state === 'outside') return 'commands outside the sandbox';
  return state.model.provider;
}
