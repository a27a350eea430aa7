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
    default: 'demo',
    values: {
      demo: 'Scripted words, everything else real. No language model is asked and nothing is sent.',
      openai: 'OpenAI, or any server that speaks its protocol.',
      ollama: 'Ollama, on this machine, or on another with https.',
    },
  },
  name: { description: "The model's name at the provider.", default: '' },
  baseUrl: {
    description:
      "The server's address; empty for the provider's usual one. The API key is sent there. Cannot be set by a workspace.",
    default: '',
  },
} as const satisfies Record<string, Setting>;

type Declared = typeof MODEL_SETTINGS;

export interface ModelSettings {
  provider: keyof Declared['provider']['values'];
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

function isProvider(text: string): text is ModelSettings['provider'] {
  return Object.hasOwn(MODEL_SETTINGS.provider.values, text);
}
