import { readFileSync } from 'node:fs';
import type { ModelChoice } from '../node/models/chooseModel.ts';
import { isProvider, PROVIDER_NAMES, PROVIDERS, type ProviderName } from '../shared/providers.ts';

export interface ModelOptions {
  model?: string | undefined;
  'model-name'?: string | undefined;
  'base-url'?: string | undefined;
  'api-key-file'?: string | undefined;
  /** Whether a person is at a terminal: nobody else gets the demo without having asked for it. */
  isPersonThere: boolean;
}

/** The model that the options ask for, or what is wrong about them. */
export function modelChoice(options: ModelOptions): ModelChoice | string {
  const provider = options.model ?? (options.isPersonThere ? PROVIDER_NAMES[0] : undefined);
  if (provider === undefined)
    return `name a model: --model ${either(PROVIDER_NAMES)}; the ${PROVIDER_NAMES[0]} is taken unasked only by a person at a terminal`;
  if (!isProvider(provider)) return `there is no provider "${provider}"; choose ${either(PROVIDER_NAMES)}`;
  const variable = keyVariable(provider);
  let apiKey = variable === null ? '' : (process.env[variable] ?? '');
  if (options['api-key-file'] !== undefined) {
    try {
      apiKey = readFileSync(options['api-key-file'], 'utf8').trim();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
      return `the API key file ${options['api-key-file']} cannot be read (${code})`;
    }
    if (apiKey === '') return `the API key file ${options['api-key-file']} is empty`;
  }
  if (!/^[\x21-\x7e]*$/.test(apiKey)) return 'the API key holds a space or a character that no key has';
  const others = (fits: (name: ProviderName) => boolean): string =>
    either(PROVIDER_NAMES.filter(fits).map((name) => `--model ${name}`));
  if (!PROVIDERS[provider].server && (options['model-name'] ?? options['base-url']) !== undefined)
    return `the ${provider} has no model name and no address; add ${others((name) => PROVIDERS[name].server !== null)}`;
  if (variable === null && options['api-key-file'] !== undefined)
    return `${provider} takes no API key; add ${others((name) => keyVariable(name) !== null)}, or leave --api-key-file out`;
  return { provider, name: options['model-name'] ?? '', baseUrl: options['base-url'] ?? '', apiKey };
}

function keyVariable(provider: ProviderName): string | null {
  return PROVIDERS[provider].server?.keyVariable ?? null;
}

/** "a, b or c" */
function either(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

/** Every key that is here, each under its variable's name; after this none is in the environment. */
export function takenKeys({ provider, apiKey }: ModelChoice): { name: string; value: string }[] {
  const keys = [{ name: keyVariable(provider) ?? 'API_KEY', value: apiKey }];
  for (const name of PROVIDER_NAMES.map(keyVariable).filter((variable) => variable !== null)) {
    keys.push({ name, value: process.env[name] ?? '' });
    Reflect.deleteProperty(process.env, name);
  }
  return keys;
}
