import { readFileSync } from 'node:fs';
import type { ModelChoice } from '../node/models/chooseModel.ts';
import type { ModelSource } from '../node/models/findModels.ts';
import type { Waits } from '../node/models/patience.ts';
import { LONGEST_WAIT } from '../shared/settings.ts';
import { isProvider, PROVIDER_NAMES, PROVIDERS, type ProviderName } from '../shared/providers.ts';

export interface ModelOptions {
  model?: string | undefined;
  'model-name'?: string | undefined;
  'base-url'?: string | undefined;
  'api-key-file'?: string | undefined;
  proxy?: string | undefined;
  'ca-file'?: string | undefined;
  'first-byte-seconds'?: string | undefined;
  'between-bytes-seconds'?: string | undefined;
  /** Whether a person is at a terminal: nobody else gets the demo without having asked for it. */
  isPersonThere: boolean;
}

/** The providers that can be asked from a terminal. */
export const HERE: readonly ProviderName[] = PROVIDER_NAMES.filter((name) => !PROVIDERS[name].isOfEditor);

/** The model that the options ask for, or what is wrong about them. */
export function modelChoice(options: ModelOptions): ModelChoice | string {
  const provider = options.model ?? (options.isPersonThere ? PROVIDER_NAMES[0] : undefined);
  if (provider === undefined)
    return `name a model: --model ${either(HERE)}; the ${PROVIDER_NAMES[0]} is taken unasked only by a person at a terminal`;
  if (!isProvider(provider)) return `there is no provider "${provider}"; choose ${either(HERE)}`;
  if (PROVIDERS[provider].isOfEditor)
    return `the models of ${provider} can be asked in the editor alone; choose ${either(HERE)}`;
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
    either(HERE.filter(fits).map((name) => `--model ${name}`));
  if (!PROVIDERS[provider].server && (options['model-name'] ?? options['base-url']) !== undefined)
    return `the ${provider} has no model name and no address; add ${others((name) => PROVIDERS[name].server !== null)}`;
  if (variable === null && options['api-key-file'] !== undefined)
    return `${provider} takes no API key; add ${others((name) => keyVariable(name) !== null)}, or leave --api-key-file out`;
  const waits = waitsOf(options);
  if (typeof waits === 'string') return waits;
  return {
    ...{ provider, name: options['model-name'] ?? '', baseUrl: options['base-url'] ?? '', apiKey, waits },
    wayOut: { proxy: options.proxy ?? '', proxyFrom: '--proxy', caFile: options['ca-file'] ?? '' },
  };
}

/** The servers whose models are looked for: those that can be asked without more, or the one that is named. */
export function modelSources(options: Omit<ModelOptions, 'isPersonThere'>): ModelSource[] | string {
  if (options.model !== undefined) {
    const choice = modelChoice({ ...options, isPersonThere: true });
    return typeof choice === 'string' ? choice : [choice];
  }
  for (const option of ['base-url', 'api-key-file'] as const)
    if (options[option] !== undefined) return `--${option} belongs to one provider: name it with --model`;
  return HERE.flatMap((provider) => {
    const { server } = PROVIDERS[provider];
    const apiKey = process.env[keyVariable(provider) ?? ''] ?? '';
    return server && (server.isLocal || apiKey !== '') ? [{ provider, baseUrl: '', apiKey }] : [];
  });
}

/** How long a server is waited for, or which option says no number of seconds. */
function waitsOf(options: ModelOptions): Partial<Waits> | string {
  const waits: Partial<Waits> = {};
  for (const [option, wait] of [
    ['first-byte-seconds', 'firstByte'],
    ['between-bytes-seconds', 'between'],
  ] as const) {
    const said = options[option];
    if (said === undefined) continue;
    const seconds = Number(said);
    if (!(seconds > 0 && seconds <= LONGEST_WAIT)) return `--${option} is no number of seconds up to ${LONGEST_WAIT}`;
    waits[wait] = seconds;
  }
  return waits;
}

export function keyVariable(provider: ProviderName): string | null {
  return PROVIDERS[provider].server?.keyVariable ?? null;
}

/** "a, b or c" */
function either(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

/** Every key that is here, each under its variable's name; after this none is in the environment. */
export function takenKeys({
  provider,
  apiKey,
}: Pick<ModelChoice, 'provider' | 'apiKey'>): { name: string; value: string }[] {
  const keys = [{ name: keyVariable(provider) ?? 'API_KEY', value: apiKey }];
  for (const name of PROVIDER_NAMES.map(keyVariable).filter((variable) => variable !== null)) {
    keys.push({ name, value: process.env[name] ?? '' });
    Reflect.deleteProperty(process.env, name);
  }
  return keys;
}
