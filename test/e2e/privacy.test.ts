import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ollamaServer } from '../support/ollamaServer.ts';
import { openWindow } from './window.ts';

test('Maximum privacy from the palette: shown, written, in the chips and the picker; and off again', async () => {
  const server = await ollamaServer(() => ({ text: 'hello' }));
  onTestFinished(() => server.close());
  const window = await openWindow({
    machineSettings: {
      'oversign.model.provider': 'openai',
      'oversign.model.name': 'gpt-5',
    },
  });
  const { page } = window.editor;
  const file = join(dirname(dirname(window.data)), 'config', 'oversign', 'policy.yaml');
  const press = (button: string): Promise<void> =>
    page.locator('.monaco-dialog-box').getByText(button, { exact: true }).click({ timeout: 90_000 });
  const dialog = async (): Promise<void> => {
    await page.locator('.monaco-dialog-box').waitFor({ timeout: 90_000 });
    await page.waitForTimeout(1200);
  };
  const before = '# my own words\nmax_iterations: 20   # enough\n';
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, before);

  await window.editor.palette('Oversign: Turn On Maximum Privacy');
  await dialog();
  await window.shots('privacy', '1-shown');
  expect(readFileSync(file, 'utf8')).toBe(before);
  await press('Not Now');
  expect(readFileSync(file, 'utf8')).toBe(before);
  await window.editor.palette('Oversign: Turn On Maximum Privacy');
  await dialog();
  await press('Turn On');
  await expect.poll(() => readFileSync(file, 'utf8'), { timeout: 90_000 }).toBe(`${before}privacy: maximum\n`);

  // What is in the way is named, and the way on leads to the list.
  const toast = page.locator('.notification-toast', { hasText: 'no prompt goes to https://api.openai.com' });
  await toast.waitFor({ timeout: 90_000 });
  await window.shots('privacy', '2-in-the-way');
  await toast.getByText('Choose Model…', { exact: true }).click({ timeout: 90_000 });
  await page.locator('.quick-input-title', { hasText: 'Choose Model' }).waitFor({ timeout: 90_000 });
  await page.keyboard.press('Escape');

  await window.editor.palette('Oversign: Focus on Agent View');
  await expect.poll(() => window.chip('privacy'), { timeout: 90_000 }).toContain('Maximum privacy is on');
  expect(await window.chip('model')).toContain('Choose a model that runs on this machine.');
  await window.panel.getByTestId('privacy').click({ timeout: 90_000 });
  await window.panel.getByTestId('privacy-means').waitFor({ timeout: 90_000 });
  await window.shots('privacy', '3-chip');

  // Off by the link in the chip's details.
  await window.panel.getByTestId('privacy-off').click({ timeout: 90_000 });
  await dialog();
  await window.shots('privacy', '4-off');
  await press('Turn Off');
  await expect.poll(() => readFileSync(file, 'utf8'), { timeout: 90_000 }).toBe(before);
  await expect.poll(() => window.panel.getByTestId('privacy').count(), { timeout: 90_000 }).toBe(0);
  expect(existsSync(file)).toBe(true);
});
