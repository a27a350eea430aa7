import { isProvider, PROVIDER_NAMES, PROVIDERS, type ProviderName } from './providers.ts';

/** One setting of the editor, as it is declared once: the manifest, the type and the parser are made from this. */
export interface Setting {
  description: string;
  default: string;
  /** The values that it may have, each with what it means; without them any text. */
  values?: Readonly<Record<string, string>>;
}

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
} satisfies Record<string, Setting>;

export interface ModelSettings {
  provider: ProviderName;
  name: string;
  baseUrl: string;
}

/** The settings from what `read` finds; what is no value of a setting counts as its default. */
export function parseModelSettings(read: (name: keyof ModelSettings) => unknown): ModelSettings {
  const text = (name: keyof ModelSettings): string => {
    const value = read(name);
    return typeof value === 'string' ? value.trim() : MODEL_SETTINGS[name].default;
  };
  const provider = text('provider');
  return {
    provider: isProvider(provider) ? provider : MODEL_SETTINGS.provider.default,
    name: text('name'),
    baseUrl: text('baseUrl'),
  };
}

/** The address that prompts go to: the one that is set, or the provider's usual one; undefined where it has no server. */
function addressOf({ provider, baseUrl }: Pick<ModelSettings, 'provider' | 'baseUrl'>): string | undefined {
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
