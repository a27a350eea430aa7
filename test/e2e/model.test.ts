import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { openAiServer } from '../support/openAiServer.ts';
import { openWindow } from './window.ts';

const KEY = 'sk-the-right-one';

async function typed(page: Page, title: string, text: string): Promise<void> {
  await page.locator('.quick-input-title', { hasText: title }).waitFor({ timeout: 30_000 });
  await page.locator('.quick-input-widget input.input').fill(text);
  await page.keyboard.press('Enter');
}

const says = (page: Page, text: string): Promise<void> =>
  page.locator('.quick-input-message', { hasText: text }).waitFor({ timeout: 30_000 });

test('a server, its key and its model in three steps; what is wrong is told apart, and nothing is kept half done', async () => {
  const server = await openAiServer(() => ({ text: 'hello' }), { apiKey: KEY });
  onTestFinished(() => server.close());
  const window = await openWindow();
  const { page } = window.editor;
  const settings = (): string => {
    try {
      return readFileSync(join(window.folder, '../server/user/User/settings.json'), 'utf8');
    } catch {
      return '';
    }
  };
  const choose = async (): Promise<void> => {
    await window.editor.palette('Oversign: Choose Model');
    await page.locator('.quick-input-title', { hasText: 'Choose Model' }).waitFor({ timeout: 30_000 });
    await page.locator('.quick-input-widget input.input').fill('OpenAI or compatible: another');
    const row = page.locator('.quick-input-list .monaco-list-row', { hasText: 'OpenAI or compatible: another' });
    await row.first().click({ timeout: 30_000 });
  };
  await choose();
  // Nobody there.
  await typed(page, 'Server of', 'http://127.0.0.1:9/v1');
  await says(page, '127.0.0.1:9');
  await window.shots('model', '1-nobody-there');
  await typed(page, 'Server of', server.url);
  // There, and closed: the key is asked for, and tested.
  await typed(page, 'Set API Key for', 'sk-wrong');
  await says(page, 'does not take this key');
  expect(await page.locator('.quick-input-widget').innerText()).not.toContain('sk-wrong');
  await window.shots('model', '2-wrong-key');
  // Back, and again; leaving keeps nothing.
  await page.locator('.quick-input-titlebar [aria-label^="Back"]').click();
  await page.locator('.quick-input-title', { hasText: 'Server of' }).waitFor({ timeout: 30_000 });
  await page.keyboard.press('Escape');
  expect(settings()).not.toContain(server.url);
  await choose();
  await typed(page, 'Server of', server.url);
  await typed(page, 'Set API Key for', KEY);
  await page.locator('.quick-input-title', { hasText: 'Model of' }).waitFor({ timeout: 30_000 });
  await page.locator('.quick-input-widget .monaco-list-row', { hasText: 'test-model' }).waitFor({ timeout: 30_000 });
  await window.shots('model', '3-models');
  expect(settings()).not.toContain(server.url);
  await page.keyboard.press('Enter');
  await window.editor.palette('Oversign: Focus on Agent View');
  await expect.poll(() => window.chip('model'), { timeout: 60_000 }).toContain('test-model');
  await window.shot('model-4-chosen');
  // From here on it is said that there is one.
  await window.editor.palette('Oversign: Set API Key');
  await page.locator('.quick-input-title', { hasText: 'Set API Key for' }).waitFor({ timeout: 30_000 });
  await says(page, 'A key is set; this one takes its place');
});
