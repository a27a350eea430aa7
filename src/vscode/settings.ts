import * as vscode from 'vscode';
import { parseModelSettings, type ModelSettings } from '../shared/settings.ts';

const KEY = 'oversign.apiKey';

/**
 * What the user has set. The manifest gives these settings the scope "machine", so that no workspace can redirect
 * prompts or the key; values that a workspace tries to set are not read here either.
 */
export function modelSettings(): ModelSettings {
  const configuration = vscode.workspace.getConfiguration('oversign.model');
  return parseModelSettings((name) => configuration.inspect<unknown>(name)?.globalValue);
}

/** The API key in the editor's secret storage. */
export async function apiKey(secrets: vscode.SecretStorage): Promise<string> {
  return (await secrets.get(KEY)) ?? '';
}

export async function askForApiKey(secrets: vscode.SecretStorage): Promise<void> {
  const key = await vscode.window.showInputBox({
    title: 'Oversign: Set API Key',
    prompt: 'Kept in the editor’s secret storage, sent only to the model’s own address.',
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) => (/\s/.test(value.trim()) ? 'A key has no spaces.' : undefined),
  });
  if (key === undefined || key.trim() === '') return;
  await secrets.store(KEY, key.trim());
  void vscode.window.showInformationMessage('Oversign: the API key is set.');
}

export async function removeApiKey(secrets: vscode.SecretStorage): Promise<void> {
  await secrets.delete(KEY);
  void vscode.window.showInformationMessage('Oversign: the API key is removed.');
}

/** Lets the person choose provider, model and address, and writes the user settings. */
export async function chooseModel(): Promise<void> {
  const providers: (vscode.QuickPickItem & { id: ModelSettings['provider'] })[] = [
    { id: 'demo', label: 'Demo', description: 'scripted words, everything else real; nothing is sent' },
    { id: 'openai', label: 'OpenAI or compatible', description: 'prompts and tool results go to its server' },
    { id: 'ollama', label: 'Ollama', description: 'a model on this machine, or on a server of yours with https' },
  ];
  const picked = await vscode.window.showQuickPick(providers, { title: 'Oversign: Choose Model' });
  if (!picked) return;
  const configuration = vscode.workspace.getConfiguration('oversign.model');
  const now = modelSettings();
  if (picked.id !== 'demo') {
    const name = await vscode.window.showInputBox({ title: 'The model’s name', value: now.name, ignoreFocusOut: true });
    if (name === undefined) return;
    const baseUrl = await vscode.window.showInputBox({
      title: 'The server’s address (empty for the usual one)',
      value: now.baseUrl,
      ignoreFocusOut: true,
    });
    if (baseUrl === undefined) return;
    await configuration.update('name', name.trim(), vscode.ConfigurationTarget.Global);
    await configuration.update('baseUrl', baseUrl.trim(), vscode.ConfigurationTarget.Global);
  }
  await configuration.update('provider', picked.id, vscode.ConfigurationTarget.Global);
}
