import type { Model } from '../../core/models/port.ts';
import type { Sandbox } from '../../core/sandbox/port.ts';
import { PROVIDERS, type ProviderName } from '../../shared/providers.ts';
import { checkBaseUrl } from '../egress/door.ts';
import { isLoopback } from '../egress/loopback.ts';
import { PROVIDERS as MAKERS } from './providers.ts';

/** What the user has set about the model; empty strings mean: not set. */
export interface ModelChoice {
  provider: ProviderName;
  name: string;
  baseUrl: string;
  apiKey: string;
}

export type ChosenModel = { ok: true; model: Model } | { ok: false; problem: string };

/** Makes the model that was chosen, or says what is missing. Client libraries load at the first request. */
export async function chooseModel(choice: ModelChoice, folder: string, sandbox: Sandbox): Promise<ChosenModel> {
  const { server } = PROVIDERS[choice.provider];
  const { make } = MAKERS[choice.provider];
  if (!server) return { ok: true, model: await make({ model: '', baseUrl: '', apiKey: '', folder, sandbox }) };
  const checked = checkBaseUrl(choice.baseUrl === '' ? server.usual : choice.baseUrl);
  if (!checked.ok) return checked;
  if (choice.name === '')
    return { ok: false, problem: 'No model is named. Set oversign.model.name (command line: --model-name).' };
  const { keyVariable } = server;
  if (keyVariable !== null && choice.apiKey === '' && !isLoopback(new URL(checked.url).hostname))
    return {
      ok: false,
      problem: `There is no API key. Use "Oversign: Set API Key" (command line: ${keyVariable} or --api-key-file).`,
    };
  // A provider that takes no key is told of none.
  const apiKey = keyVariable === null ? '' : choice.apiKey;
  return { ok: true, model: await make({ model: choice.name, baseUrl: checked.url, apiKey, folder, sandbox }) };
}
