import { demoModel } from '../../core/models/demo.ts';
import type { Model } from '../../core/models/port.ts';
import type { Sandbox } from '../../core/sandbox/port.ts';
import { checkBaseUrl } from '../egress/door.ts';
import { isLoopback } from '../egress/loopback.ts';
import { demoScenario } from './demoScenario.ts';

/** What the user has set about the model; empty strings mean: not set. */
export interface ModelChoice {
  provider: 'demo' | 'openai' | 'ollama';
  name: string;
  baseUrl: string;
  apiKey: string;
}

const OPENAI_URL = 'https://api.openai.com/v1';
const OLLAMA_URL = 'http://127.0.0.1:11434';
const DEMO_PAUSE_MS = 15;

export type ChosenModel = { ok: true; model: Model } | { ok: false; problem: string };

/** Makes the model that was chosen, or says what is missing. Client libraries load at the first request. */
export async function chooseModel(choice: ModelChoice, folder: string, sandbox: Sandbox): Promise<ChosenModel> {
  switch (choice.provider) {
    case 'demo': {
      const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, DEMO_PAUSE_MS));
      return { ok: true, model: demoModel(await demoScenario(folder, sandbox), pause) };
    }
    case 'openai': {
      const checked = checkBaseUrl(choice.baseUrl === '' ? OPENAI_URL : choice.baseUrl);
      if (!checked.ok) return checked;
      if (choice.name === '')
        return { ok: false, problem: 'No model is named. Set oversign.model.name (command line: --model-name).' };
      if (choice.apiKey === '' && !isLoopback(new URL(checked.url).hostname))
        return {
          ok: false,
          problem: 'There is no API key. Use "Oversign: Set API Key" (command line: OPENAI_API_KEY or --api-key-file).',
        };
      const { openAiModel } = await import('./openaiModel.ts');
      return { ok: true, model: openAiModel({ model: choice.name, baseUrl: checked.url, apiKey: choice.apiKey }) };
    }
    case 'ollama': {
      const checked = checkBaseUrl(choice.baseUrl === '' ? OLLAMA_URL : choice.baseUrl);
      if (!checked.ok) return checked;
      if (choice.name === '')
        return { ok: false, problem: 'No model is named. Set oversign.model.name (command line: --model-name).' };
      const { ollamaModel } = await import('./ollamaModel.ts');
      return { ok: true, model: ollamaModel({ model: choice.name, baseUrl: checked.url }) };
    }
  }
}
