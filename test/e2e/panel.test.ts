import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openWindow, runFromPalette } from './window.ts';

test('Enter alone approves nothing; Control+Enter does', async () => {
  const window = await openWindow();
  await runFromPalette(window);
  await window.approval.waitFor({ timeout: 120_000 });
  const approve = window.approval.getByTestId('approve');
  await expect.poll(() => approve.isEnabled(), { timeout: 90_000 }).toBe(true);
  await approve.focus();
  await window.editor.page.keyboard.press('Enter');
  await window.editor.page.waitForTimeout(1000);
  expect(window.events().some(({ type }) => type === 'answered')).toBe(false);
  await approve.focus();
  await window.editor.page.keyboard.press('Control+Enter');
  await expect.poll(() => window.events().some(({ type }) => type === 'answered'), { timeout: 90_000 }).toBe(true);
});

test('a restricted workspace: views and history, no runs', async () => {
  const window = await openWindow({ trust: false });
  await window.editor.palette('Oversign: Focus on Agent View');
  await window.panel.getByText('Runs start only in a trusted workspace').first().waitFor({ timeout: 120_000 });
  expect(await window.panel.getByTestId('task-box').isDisabled()).toBe(true);
  await runFromPalette(window, 'try anyway');
  await window.editor.page.getByText('Runs start only in a trusted workspace').first().waitFor({ timeout: 90_000 });
  await window.shot('panel-restricted');
  // That the sandbox was looked at is on record; of a run there is nothing.
  const ofTheLog = ['log_started', 'writer', 'head', 'self_test'];
  expect(window.events().filter(({ type }) => !ofTheLog.includes(type))).toEqual([]);
});

test('an invalid policy stops every run, and says where', async () => {
  const window = await openWindow();
  const policy = join(dirname(dirname(window.data)), 'config', 'oversign', 'policy.yaml');
  mkdirSync(dirname(policy), { recursive: true });
  writeFileSync(policy, 'confirm_actions: true\ntols:\n  file_system: {}\n');
  await runFromPalette(window, 'do it');
  const place = window.panel.getByTestId('policy-note').first();
  await place.waitFor({ timeout: 120_000 });
  expect(await place.innerText()).toBe('policy.yaml:2:1');
  await window.panel
    .getByText(/unknown key "tols" \(did you mean "tools"\?\)/)
    .first()
    .waitFor({ timeout: 90_000 });
  await window.shot('panel-invalid-policy');
  // What was asked for is not lost.
  await expect.poll(() => window.panel.getByTestId('task-box').inputValue(), { timeout: 90_000 }).toContain('do it');
  expect(window.events().some(({ type }) => type === 'run_started')).toBe(false);
  expect(existsSync(policy)).toBe(true);
  // The link leads to the place, in that file.
  await place.click();
  await window.editor.page.getByText('Ln 2, Col 1').first().waitFor({ timeout: 90_000 });
  await window.editor.page
    .locator('.statusbar-item', { hasText: 'Oversign: policy has errors' })
    .waitFor({ timeout: 90_000 });
});

test('a workspace cannot say where prompts go', async () => {
  const window = await openWindow();
  mkdirSync(join(window.folder, '.vscode'));
  writeFileSync(
    join(window.folder, '.vscode', 'settings.json'),
    JSON.stringify({
      'oversign.model.provider': 'openai',
      'oversign.model.name': 'x',
      'oversign.model.baseUrl': 'http://127.0.0.1:9',
    }),
  );
  await window.editor.reload();
  await window.editor.palette('Oversign: Focus on Agent View');
  await window.panel.getByTestId('model').getByText('demo (scripted)').waitFor({ timeout: 120_000 });
  expect(await window.chip('model')).toContain('nothing is sent anywhere');
});
