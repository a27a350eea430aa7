import { isProvider, PROVIDER_NAMES, PROVIDERS, type ProviderName } from './providers.ts';

/** One setting of the editor, as it is declared once: the manifest, the type and the parser are made from this. */
export interface Setting {
  description: string;
  /** Of a number: 0, which means that it is not set. */
  default: string | number;
  /** The values that it may have, each with what it means; without them any text. */
  values?: Readonly<Record<string, string>>;
}

/** What the key Enter does in the task box. */
export const ENTER_SENDS = {
  name: 'composer.enterSends',
  description:
    'Enter sends what is in the task box, and Shift+Enter begins a new line. Otherwise Enter begins a new line, and Ctrl+Enter (⌘ on macOS) sends. Neither ever approves anything.',
} as const;

/**
 * The settings below `oversign.model`, in their order. No schema library here: settings are read at activation, which
 * loads none (test/architecture/bundles.test.ts).
 */
export const MODEL_SETTINGS = {
  provider: {
    description: 'Which provider answers. Cannot be set by a workspace.',
    default: PROVIDER_NAMES[0],
    values: Object.fromEntries(PROVIDER_NAMES.map((name) => [name, PROVIDERS[name].about])),
  },
  name: { description: "The model's name at the provider.", default: '' },
  baseUrl: {
    description:
      "The server's address; empty for the provider's usual one. The API key is sent there. Cannot be set by a workspace.",
    default: '',
  },
  proxy: {
    description:
      'A proxy for model servers on other machines, such as `http://proxy.example:3128`; empty for the one of `http.proxy`, `none` for none. Servers on this machine and on your network are asked without it. Cannot be set by a workspace.',
    default: '',
  },
  caFile: {
    description:
      'A file with certificates (PEM) to believe besides the system’s, where a company reads along. Cannot be set by a workspace.',
    default: '',
  },
  firstByteSeconds: {
    description:
      'Seconds to wait for the first byte of a reply; 0 for the usual ones (300, and 900 on this machine or your network, where a model may have to be loaded).',
    default: 0,
  },
  betweenBytesSeconds: {
    description: 'Seconds to wait between two pieces of a reply; 0 for the usual 300.',
    default: 0,
  },
} satisfies Record<string, Setting>;

export interface ModelSettings {
  provider: ProviderName;
  name: string;
  baseUrl: string;
  proxy: string;
  caFile: string;
  firstByteSeconds: number;
  betweenBytesSeconds: number;
}

/** The longest wait that can be set, in seconds: a day. */
export const LONGEST_WAIT = 86_400;

/** The settings from what `read` finds; what is no value of a setting counts as its default. */
export function parseModelSettings(read: (name: keyof ModelSettings) => unknown): ModelSettings {
  const text = (name: 'provider' | 'name' | 'baseUrl' | 'proxy' | 'caFile'): string => {
    const value = read(name);
    return typeof value === 'string' ? value.trim() : MODEL_SETTINGS[name].default;
  };
  const seconds = (name: 'firstByteSeconds' | 'betweenBytesSeconds'): number => {
    const value = read(name);
    const isOne = typeof value === 'number' && value > 0 && value <= LONGEST_WAIT;
    return isOne ? value : MODEL_SETTINGS[name].default;
  };
  const provider = text('provider');
  return {
    provider: isProvider(provider) ? provider : MODEL_SETTINGS.provider.default,
    name: text('name'),
    baseUrl: text('baseUrl'),
    proxy: text('proxy'),
    caFile: text('caFile'),
    firstByteSeconds: seconds('firstByteSeconds'),
    betweenBytesSeconds: seconds('betweenBytesSeconds'),
  };
}

/** The waits that are set. */
export function waitsOf({
  firstByteSeconds,
  betweenBytesSeconds,
}: Pick<ModelSettings, 'firstByteSeconds' | 'betweenBytesSeconds'>): { firstByte?: number; between?: number } {
  return {
    ...(firstByteSeconds > 0 && { firstByte: firstByteSeconds }),
    ...(betweenBytesSeconds > 0 && { between: betweenBytesSeconds }),
  };
}

/** The address that prompts go to: the one that is set, or the provider's usual one; undefined where it has no server. */
export function addressOf({ provider, baseUrl }: Pick<ModelSettings, 'provider' | 'baseUrl'>): string | undefined {
  const { server } = PROVIDERS[provider];
  return server ? (baseUrl === '' ? server.usual : baseUrl).replace(/\/+$/, '') : undefined;
}

/** A key and whom it is for: each provider and address has its own, so that none is sent to another's server. */
export interface KeyPlace {
  provider: ProviderName;
  address: string;
  /** Its name in the editor's secret storage. */
  secret: string;
}

/** Where the key for these settings is kept; undefined where the provider takes none. */
export function keyPlace(settings: Pick<ModelSettings, 'provider' | 'baseUrl'>): KeyPlace | undefined {
  const { provider } = settings;
  const address = addressOf(settings);
  if (address === undefined || PROVIDERS[provider].server?.keyVariable == null) return undefined;
  return { provider, address, secret: `oversign.apiKey ${provider} ${address}` };
}

/** Whom a stored key is for, by its name in the secret storage; nothing for other secrets. */
export function placeOfKey(secret: string): Pick<ModelSettings, 'provider' | 'baseUrl'>[] {
  const [, provider = '', baseUrl = ''] = /^oversign\.apiKey (\S+) (\S+)$/.exec(secret) ?? [];
  return isProvider(provider) && baseUrl !== '' ? [{ provider, baseUrl }] : [];
}
