import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openEditor } from '../support/browser.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { crash } from '../support/windowEndings.ts';
import { openWindow, runFromPalette } from './window.ts';

test('a tab that crashes with a question: a new one names the run, shows it, and answers it', async () => {
  let requests = 0;
  const model = await openAiServer(
    ({ results }) => {
      requests += 1;
      return results.length === 0
        ? { text: 'One.', calls: [{ name: 'write_file', args: { path: 'seen.txt', content: 'by a person\n' } }] }
        : { text: 'All done.' };
    },
    { apiKey: '' },
  );
  onTestFinished(() => model.close());
  const window = await openWindow({
    machineSettings: {
      'oversign.model.provider': 'openai',
      'oversign.model.name': 'scripted-1',
      'oversign.model.baseUrl': model.url,
    },
  });
  await runFromPalette(window, 'Write what a person sees');
  await window.approval.waitFor({ timeout: 120_000 });
  await crash(window.editor.page);

  const editor = await openEditor({ server: window.server, folder: window.folder });
  onTestFinished(() => editor.close());
  await editor.palette('Oversign: Focus on Agent View');
  const panel = editor.agentFrame();
  const card = panel.getByTestId('elsewhere');
  await card.waitFor({ timeout: 120_000 });
  expect(await card.innerText()).toContain('waiting for an answer in the window “sample”');
  await editor.screenshot('test-results/run-elsewhere.png');
  await panel.getByTestId('take-over').click();
  const approval = panel.getByTestId('approval').first();
  await approval.waitFor({ timeout: 120_000 });
  await expect.poll(() => approval.getByTestId('approve').isEnabled(), { timeout: 90_000 }).toBe(true);
  await approval.getByTestId('approve').click();
  await panel.locator('[data-testid="run-state"][data-state="finished"]').waitFor({ timeout: 120_000 });
  expect(existsSync(join(window.folder, 'seen.txt'))).toBe(true);
  expect(requests).toBe(2);
  const taken = window.events().find(({ type, data }) => type === 'interrupted' && data['by'] === 'person');
  expect(taken?.data).toMatchObject({ at: 'editor' });
  expect(taken?.data['reason']).toContain('You took it over in the window');
});
