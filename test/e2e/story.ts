import { onTestFinished } from 'vitest';
import { openAiServer } from '../support/openAiServer.ts';
import type { ScriptedReply } from '../support/modelServer.ts';
import { openWindow, type Window, type WindowOptions } from './window.ts';

export const KEY = 'sk-e2e-0123456789abcdef';

/** A window whose model is a real HTTP server that tells this story, one reply a request. */
export async function windowWithStory(
  story: ScriptedReply[],
  delayMs = 0,
  options: WindowOptions = {},
): Promise<Window> {
  const server = await openAiServer(
    async (request) => {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      const done = request.results.filter((result) => !result.startsWith('Interrupted')).length;
      return story[done] ?? { text: 'All done.' };
    },
    { apiKey: KEY },
  );
  onTestFinished(() => server.close());
  const window = await openWindow({
    ...options,
    machineSettings: {
      'oversign.model.provider': 'openai',
      'oversign.model.name': 'scripted-1',
      'oversign.model.baseUrl': server.url,
    },
  });
  await setKey(window);
  return window;
}

export async function setKey(window: Pick<Window, 'editor'>): Promise<void> {
  const { page } = window.editor;
  await window.editor.palette('Oversign: Set API Key');
  await page.locator('.quick-input-title', { hasText: 'Set API Key' }).waitFor({ timeout: 90_000 });
  // Into the box itself: keys that are pressed before it has the focus go nowhere.
  const box = page.locator('.quick-input-widget input.input');
  await box.fill(KEY);
  await box.press('Enter');
  await page.getByText('the API key is set').first().waitFor({ timeout: 90_000 });
}
