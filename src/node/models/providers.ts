import type { Model } from '../../core/models/port.ts';
import type { Sandbox } from '../../core/sandbox/port.ts';
import type { ProviderFacts } from '../../shared/providerFacts.ts';

/** What a provider's model is made from; the parts that it does not take are empty. */
export interface ModelMaking {
  /** The model's name at the provider. */
  model: string;
  /** Checked: https, or this machine. */
  baseUrl: string;
  apiKey: string;
  folder: string;
  sandbox: Sandbox;
}

interface Provider extends ProviderFacts {
  /** Client libraries load here or at the first request, not before. */
  make(from: ModelMaking): Promise<Model>;
}

/**
 * Every provider, in the order in which people choose among them; the first is the standard one. What the settings, the
 * picker and the command line know of them is made from this: `npm run generate`.
 */
export const PROVIDERS = {
  demo: {
    label: 'Demo',
    about: 'Scripted words, everything else real. No language model is asked and nothing is sent.',
    sends: 'scripted words, everything else real; nothing is sent',
    server: null,
    make: async ({ folder, sandbox }) => (await import('./demo.ts')).scriptedDemo(folder, sandbox),
  },
  openai: {
    label: 'OpenAI or compatible',
    about: 'OpenAI, or any server that speaks its protocol.',
    sends: 'prompts and tool results go to its server',
    server: { usual: 'https://api.openai.com/v1', isLocal: false, keyVariable: 'OPENAI_API_KEY' },
    make: async (from) => (await import('./openaiModel.ts')).openAiModel(from),
  },
  ollama: {
    label: 'Ollama',
    about: 'Ollama, on this machine, or on another with https.',
    sends: 'a model on this machine, or on a server of yours with https',
    server: { usual: 'http://127.0.0.1:11434', isLocal: true, keyVariable: null },
    make: async (from) => (await import('./ollamaModel.ts')).ollamaModel(from),
  },
} as const satisfies Record<string, Provider>;
