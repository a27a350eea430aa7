import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { PanelState } from '../shared/runView.ts';
import { modelSettings, wrongModelSettings } from '../vscode/settings.ts';
import { diagnosticsText } from './diagnosticsText.ts';

/** *Copy Diagnostics*: how this installation stands, onto the clipboard. */
export async function copyDiagnostics(state: PanelState, version: string): Promise<void> {
  await vscode.env.clipboard.writeText(
    diagnosticsText({
      version,
      editor: {
        ...{ name: vscode.env.appName, version: vscode.version, remote: vscode.env.remoteName },
        kind: vscode.env.uiKind === vscode.UIKind.Web ? 'web' : 'desktop',
      },
      machine: {
        node: process.versions.node,
        platform: process.platform,
        arch: process.arch,
        sqlite: process.versions['sqlite'] ?? 'unknown',
      },
      home: homedir(),
      settings: modelSettings(),
      wrongSettings: wrongModelSettings().map(({ name }) => name),
      state,
    }),
  );
  void vscode.window.showInformationMessage(
    'Oversign: diagnostics copied. They hold no content, no key, and no name of a file.',
  );
}
