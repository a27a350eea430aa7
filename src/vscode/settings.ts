import * as vscode from 'vscode';
import { PROVIDER_NAMES, PROVIDERS } from '../shared/providers.ts';
import { keyPlace, parseModelSettings, type ModelSettings } from '../shared/settings.ts';

/** The one key of earlier versions, which went to whatever address was set. */
const OLD_KEY = 'oversign.apiKey';

/**
 * What the user has set. The manifest gives these settings the scope "machine", so that no workspace can redirect
 * prompts or the key; values that a workspace tries to set are not read here either.
 */
export function modelSettings(): ModelSettings {
  const configuration = vscode.workspace.getConfiguration('oversign.model');
  return parseModelSettings((name) => configuration.inspect<unknown>(name)?.globalValue);
}

/** The API key for these settings, from the editor's secret storage; empty where there is none, or none is taken. */
export async function apiKey(secrets: vscode.SecretStorage, settings: ModelSettings): Promise<string> {
  const place = keyPlace(settings);
  if (!place) return '';
  const own = await secrets.get(place.secret);
  if (own !== undefined) return own;
  const old = await secrets.get(OLD_KEY);
  if (old === undefined) return '';
  // From now on it belongs to the address that it would have gone to, and to no other.
  await secrets.store(place.secret, old);
  await secrets.delete(OLD_KEY);
  return old;
}

export async function askForApiKey(secrets: vscode.SecretStorage): Promise<void> {
  const place = keyPlace(withKey(modelSettings()));
  if (!place) return;
  const key = await vscode.window.showInputBox({
    title: 'Oversign: Set API Key',
    prompt: `For ${PROVIDERS[place.provider].label}. Kept in the editor’s secret storage, sent only to ${place.address}.`,
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) => (/\s/.test(value.trim()) ? 'A key has no spaces.' : undefined),
  });
  if (key === undefined || key.trim() === '') return;
  await secrets.store(place.secret, key.trim());
  await secrets.delete(OLD_KEY);
  void vscode.window.showInformationMessage('Oversign: the API key is set.');
}

export async function removeApiKey(secrets: vscode.SecretStorage): Promise<void> {
  const place = keyPlace(withKey(modelSettings()));
  if (place) await secrets.delete(place.secret);
  await secrets.delete(OLD_KEY);
  void vscode.window.showInformationMessage(`Oversign: the API key${place ? ` for ${place.address}` : ''} is removed.`);
}

/** The settings, or, where their provider takes no key, those of the first that does: a key may be set beforehand. */
function withKey(settings: ModelSettings): ModelSettings {
  if (keyPlace(settings)) return settings;
  const provider = PROVIDER_NAMES.find((name) => keyPlace({ provider: name, baseUrl: '' }));
  return provider ? { ...settings, provider, baseUrl: '' } : settings;
}

/** Lets the person choose provider, model and address, and writes the user settings. */
export async function chooseModel(): Promise<void> {
  const providers = PROVIDER_NAMES.map((id) => ({
    id,
    label: PROVIDERS[id].label,
    description: PROVIDERS[id].sends,
  }));
  const picked = await vscode.window.showQuickPick(providers, { title: 'Oversign: Choose Model' });
  if (!picked) return;
  const configuration = vscode.workspace.getConfiguration('oversign.model');
  const now = modelSettings();
  if (PROVIDERS[picked.id].server) {
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
