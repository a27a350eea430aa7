import * as vscode from 'vscode';
import { PROVIDER_NAMES, PROVIDERS, type ProviderName } from '../shared/providers.ts';
import {
  addressOf,
  ENTER_SENDS,
  keyPlace,
  type KeyPlace,
  parseModelSettings,
  placeOfKey,
  type ModelSettings,
} from '../shared/settings.ts';

import { settingProblems, type SettingProblem } from '../shared/settingProblems.ts';

/** The one key of earlier versions, which knew one provider with a key, and sent it to whatever address was set. */
const OLD_KEY = 'oversign.apiKey';
const OLD_KEY_FOR: ProviderName = 'openai';

/**
 * What the user has set. The manifest gives these settings the scope "machine", so that no workspace can redirect
 * prompts or the key; values that a workspace tries to set are not read here either.
 */
export function modelSettings(): ModelSettings {
  const configuration = vscode.workspace.getConfiguration('oversign.model');
  return parseModelSettings((name) => configuration.inspect<unknown>(name)?.globalValue);
}

/** What is set to something that is no value of it: nothing is asked until that is mended. */
export function wrongModelSettings(): SettingProblem[] {
  const configuration = vscode.workspace.getConfiguration('oversign.model');
  return settingProblems((name) => configuration.inspect<unknown>(name)?.globalValue);
}

/**
 * The proxy and certificates by which model servers on other machines are reached: Oversign's own settings, else the
 * editor's proxy, as the user has set it. Where the editor does not use its proxy, neither does Oversign.
 */
export function wayOut({ proxy, caFile }: ModelSettings): {
  proxy: string;
  proxyFrom: string;
  proxyNotFor: string[];
  caFile: string;
} {
  if (proxy !== '')
    return { proxy: proxy === 'none' ? '' : proxy, proxyFrom: 'oversign.model.proxy', proxyNotFor: [], caFile };
  const configuration = vscode.workspace.getConfiguration('http');
  const global = (name: string): unknown => configuration.inspect<unknown>(name)?.globalValue;
  const editors = global('proxySupport') === 'off' ? undefined : global('proxy');
  const except = global('noProxy');
  return {
    proxy: typeof editors === 'string' ? editors.trim() : '',
    proxyFrom: 'http.proxy',
    proxyNotFor: Array.isArray(except) ? except.filter((entry) => typeof entry === 'string') : [],
    caFile,
  };
}

/** Whether Enter sends what is in the task box; it is the user's own habit, which no workspace sets. */
export function enterSends(): boolean {
  return vscode.workspace.getConfiguration('oversign').inspect<unknown>(ENTER_SENDS.name)?.globalValue !== false;
}

/** The API key for these settings, from the editor's secret storage; empty where there is none, or none is taken. */
export async function apiKey(secrets: vscode.SecretStorage, settings: ModelSettings): Promise<string> {
  const place = keyPlace(settings);
  if (!place) return '';
  const own = await secrets.get(place.secret);
  if (own !== undefined || place.provider !== OLD_KEY_FOR) return own ?? '';
  const old = await secrets.get(OLD_KEY);
  if (old === undefined) return '';
  // From now on it belongs to the address that it would have gone to, and to no other.
  await secrets.store(place.secret, old);
  await secrets.delete(OLD_KEY);
  return old;
}

/** Whom a key would be for, as things are set; undefined where nobody takes one. */
export function keyPlaceNow(): KeyPlace | undefined {
  return keyPlace(withKey(modelSettings()));
}

/** Keeps a key; what goes wrong afterwards takes it back. */
export async function keepKey(
  secrets: vscode.SecretStorage,
  place: KeyPlace,
  key: string,
): Promise<() => Promise<void>> {
  const before = await secrets.get(place.secret);
  await secrets.store(place.secret, key);
  if (place.provider === OLD_KEY_FOR) await secrets.delete(OLD_KEY);
  return async () => (before === undefined ? secrets.delete(place.secret) : secrets.store(place.secret, before));
}

export async function removeApiKey(secrets: vscode.SecretStorage): Promise<void> {
  const place = keyPlace(withKey(modelSettings()));
  if (place) await secrets.delete(place.secret);
  if (place?.provider === OLD_KEY_FOR) await secrets.delete(OLD_KEY);
  void vscode.window.showInformationMessage(`Oversign: the API key${place ? ` for ${place.address}` : ''} is removed.`);
}

/** The settings, or, where their provider takes no key, those of the first that does: a key may be set beforehand. */
function withKey(settings: ModelSettings): ModelSettings {
  if (keyPlace(settings)) return settings;
  const provider = PROVIDER_NAMES.find((name) => keyPlace({ provider: name, baseUrl: '' }));
  return provider ? { ...settings, provider, baseUrl: '' } : settings;
}

/** Writes the user settings for a model, or for a provider that has none to choose. */
export async function setModel(picked: { provider: ProviderName; address?: string; name?: string }): Promise<void> {
  const { provider, address, name } = picked;
  await write({
    provider,
    ...(name !== undefined && { name }),
    ...(address !== undefined && { baseUrl: address === PROVIDERS[provider].server?.usual ? '' : address }),
  });
}

async function write(settings: Partial<Record<'provider' | 'name' | 'baseUrl', string>>): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('oversign.model');
  // The provider comes last: until then the old one is asked at its own address.
  for (const name of ['name', 'baseUrl', 'provider'] as const)
    if (settings[name] !== undefined)
      await configuration.update(name, settings[name], vscode.ConfigurationTarget.Global);
}

/** The servers that models are looked for on: those with a stored key, those on this machine, and the one that is set. */
export async function knownServers(
  secrets: vscode.SecretStorage,
): Promise<{ provider: ProviderName; baseUrl: string; apiKey: string }[]> {
  const settings = modelSettings();
  const usual = PROVIDER_NAMES.filter((provider) => PROVIDERS[provider].server?.isLocal);
  const places: Pick<ModelSettings, 'provider' | 'baseUrl'>[] = [
    ...(PROVIDERS[settings.provider].server ? [settings] : []),
    ...usual.map((provider) => ({ provider, baseUrl: '' })),
    ...(await secrets.keys()).flatMap(placeOfKey),
  ];
  const servers = new Map<string, { provider: ProviderName; baseUrl: string; apiKey: string }>();
  for (const { provider, baseUrl } of places) {
    const address = addressOf({ provider, baseUrl }) ?? '';
    const id = `${provider} ${address}`;
    if (servers.has(id)) continue;
    const place = keyPlace({ provider, baseUrl });
    servers.set(id, { provider, baseUrl: address, apiKey: (place && (await secrets.get(place.secret))) ?? '' });
  }
  return [...servers.values()];
}
