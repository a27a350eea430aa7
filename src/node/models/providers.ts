import type { Model } from '../../core/models/port.ts';
import { Failure } from '../../core/outcome.ts';
import type { Sandbox } from '../../core/sandbox/port.ts';
import type { Way } from './destination.ts';
import type { Waits } from './patience.ts';
import type { Asking, ServerSettings } from './server.ts';
import type { EditorModelFacts, EditorModels } from '../../shared/editorModels.ts';
import type { FoundModel } from '../../shared/foundModels.ts';
import type { ProviderFacts } from '../../shared/providerFacts.ts';

/** What a provider's model is made from; the parts that it does not take are empty. */
export interface ModelMaking {
  /** The model's name at the provider. */
  model: string;
  /** Checked: https, this machine, or a host that the policy names as nearby. */
  baseUrl: string;
  apiKey: string;
  way: Way;
  waits: Partial<Waits>;
  folder: string;
  sandbox: Sandbox;
  /** The editor's models, and which of them was chosen. */
  ofEditor: { facts: EditorModelFacts; models: EditorModels } | undefined;
}

interface Provider extends ProviderFacts {
  /** Client libraries load here or at the first request, not before. */
  make(from: ModelMaking): Promise<Model>;
  /** The models that its server has; of a provider with a server. */
  list?(from: ServerSettings & { apiKey: string }, asking: Asking): Promise<FoundModel[]>;
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
    list: async (from, asking) => (await import('./openaiModel.ts')).openAiModels(from, asking),
  },
  anthropic: {
    label: 'Anthropic',
    about: 'Anthropic, or any server that speaks its Messages API.',
    sends: 'prompts and tool results go to its server',
    server: { usual: 'https://api.anthropic.com', isLocal: false, keyVariable: 'ANTHROPIC_API_KEY' },
    make: async (from) => (await import('./anthropicModel.ts')).anthropicModel(from),
    list: async (from, asking) => (await import('./anthropicModel.ts')).anthropicModels(from, asking),
  },
  ollama: {
    label: 'Ollama',
    about: 'Ollama, on this machine, on a host of your network that your policy names, or on another with https.',
    sends: 'a model on this machine, or on a server of yours',
    server: { usual: 'http://127.0.0.1:11434', isLocal: true, keyVariable: null },
    make: async (from) => (await import('./ollamaModel.ts')).ollamaModel(from),
    list: async (from, asking) => (await import('./ollamaModel.ts')).ollamaModels(from, asking),
  },
  'vscode-lm': {
    label: 'A language model of the editor',
    about:
      'A model that the editor or an extension in it brings, such as Copilot’s. That extension decides where data goes.',
    sends: 'the extension that brings the model decides where data goes',
    server: null,
    isOfEditor: true,
    make: async ({ ofEditor, waits }) => {
      if (!ofEditor) throw new Failure('There are no language models of an editor here.');
      return (await import('./editorModel.ts')).editorModel(ofEditor.facts, ofEditor.models, waits);
    },
  },
} as const satisfies Record<string, Provider>;
