import type { ProviderFacts } from './providerFacts.ts';

// Generated from src/node/models/providers.ts. Change that, then run: npm run generate
const FACTS = {
  demo: {
    label: 'Demo',
    about: 'Scripted words, everything else real. No language model is asked and nothing is sent.',
    sends: 'scripted words, everything else real; nothing is sent',
    server: null,
  },
  openai: {
    label: 'OpenAI or compatible',
    about: 'OpenAI, or any server that speaks its protocol.',
    sends: 'prompts and tool results go to its server',
    server: { usual: 'https://api.openai.com/v1', isLocal: false, keyVariable: 'OPENAI_API_KEY' },
  },
  anthropic: {
    label: 'Anthropic',
    about: 'Anthropic, or any server that speaks its Messages API.',
    sends: 'prompts and tool results go to its server',
    server: { usual: 'https://api.anthropic.com', isLocal: false, keyVariable: 'ANTHROPIC_API_KEY' },
  },
  ollama: {
    label: 'Ollama',
    about: 'Ollama, on this machine, on a host of your network that your policy names, or on another with https.',
    sends: 'a model on this machine, or on a server of yours',
    server: { usual: 'http://127.0.0.1:11434', isLocal: true, keyVariable: null },
  },
  'vscode-lm': {
    label: 'A language model of the editor',
    about:
      'A model that the editor or an extension in it brings, such as Copilot’s. That extension decides where data goes.',
    sends: 'the extension that brings the model decides where data goes',
    server: null,
    isOfEditor: true,
  },
} as const satisfies Record<string, ProviderFacts>;

export type ProviderName = keyof typeof FACTS;
/** Every provider, in the order in which people choose among them; the first is the standard one. */
export const PROVIDERS: Readonly<Record<ProviderName, ProviderFacts>> = FACTS;
export const PROVIDER_NAMES = Object.keys(FACTS) as [ProviderName, ...ProviderName[]];

/** Looks up by own names only: a name comes from settings or a command line. */
export function isProvider(text: string): text is ProviderName {
  return Object.hasOwn(FACTS, text);
}
