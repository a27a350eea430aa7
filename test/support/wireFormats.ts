import type { WireFormat } from './agentPlay.ts';
import { anthropicServer } from './anthropicServer.ts';
import { ollamaServer } from './ollamaServer.ts';
import { openAiServer } from './openAiServer.ts';

/** The command line's options for a server; the key lies in the file `key`. */
function options(provider: string, url: string, ...more: readonly string[]): string[] {
  return ['--model', provider, '--model-name', 'test-model', '--base-url', url, ...more];
}

/** Every wire format that a provider speaks over HTTP. */
export const WIRE_FORMATS: readonly WireFormat[] = [
  {
    name: 'OpenAI',
    async open(script) {
      const server = await openAiServer(script);
      return { server, options: options('openai', server.url, '--api-key-file', 'key') };
    },
  },
  {
    name: 'Anthropic',
    async open(script) {
      const server = await anthropicServer(script);
      return { server, options: options('anthropic', server.url, '--api-key-file', 'key') };
    },
  },
  {
    name: 'Ollama',
    async open(script) {
      const server = await ollamaServer(script);
      return { server, options: options('ollama', server.url) };
    },
  },
];
