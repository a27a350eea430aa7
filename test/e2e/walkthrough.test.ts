import { copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { openWindow, runFromPalette, type Window } from './window.ts';

const STEPS = ['folder', 'model', 'task', 'approve', 'deny'] as const;
const FOLDER = 'media/walkthrough';
const MOST_OF_ONE = 24_000;

/** A picture of a step in both themes; only a wish changes those that are committed. */
async function picture(window: Window, step: (typeof STEPS)[number], of: Locator): Promise<void> {
  const box = await of.boundingBox();
  if (!box) throw new Error('it is not in sight');
  const clip = { x: box.x, y: box.y, width: Math.min(box.width, 600), height: Math.min(box.height, 420) };
  await window.shots('walkthrough', step, { clip });
  if (process.env['OVERSIGN_PICTURES'] === undefined) return;
  mkdirSync(FOLDER, { recursive: true });
  for (const theme of ['dark', 'light'])
    copyFileSync(`test-results/walkthrough-${theme}-${step}.png`, join(FOLDER, `${step}-${theme}.png`));
}

test('the walkthrough: five steps with pictures of what is there', async () => {
  const window = await openWindow();
  const { page } = window.editor;
  const agent = page.locator('.part.auxiliarybar');
  await window.editor.palette('Oversign: Focus on Agent View');
  await window.panel.getByTestId('task-box').waitFor({ timeout: 120_000 });
  await page.waitForTimeout(1200);
  await picture(window, 'folder', agent);
  await window.editor.palette('Oversign: Choose Model');
  await page.locator('.quick-input-title', { hasText: 'Choose Model' }).waitFor({ timeout: 90_000 });
  await page.waitForTimeout(1500);
  await picture(window, 'model', page.locator('.quick-input-widget'));
  await page.keyboard.press('Escape');

  await window.editor.palette('Oversign: Get Started');
  const guide = page.locator('.gettingStartedContainer');
  await guide.getByText('from a task to a denial that holds').first().waitFor({ timeout: 90_000 });
  const step = (title: string): Locator => guide.locator('.getting-started-step', { hasText: title });
  expect(await guide.locator('.getting-started-step').count()).toBe(5);
  await step('Choose who answers').click();
  await guide.getByText('The demo sends nothing').waitFor({ timeout: 90_000 });
  await page.waitForTimeout(800);
  await window.shots('walkthrough', '1-open');

  await runFromPalette(window);
  await window.approval.waitFor({ timeout: 120_000 });
  await page.waitForTimeout(1200);
  await picture(window, 'task', agent);
  await window.answer('command', 'approve');
  await window.panel.locator('[data-testid="approval"][data-kind="edit"]').waitFor({ timeout: 120_000 });
  await page.waitForTimeout(1200);
  await picture(window, 'approve', agent);
  await window.answer('edit', 'approve');
  await window.answer('command', 'approve');
  await window.panel.getByTestId('approval').filter({ hasText: 'rm -rf build/' }).waitFor({ timeout: 120_000 });
  await window.answer('command', 'deny', 'I still need that');
  await window.state('finished');
  await window.tree();
  await picture(window, 'deny', page.locator('.part.sidebar'));
  await window.shots('walkthrough', '2-done');
  // The denial holds.
  expect(readFileSync(join(window.folder, 'build/till.js'), 'utf8')).not.toBe('');
});

test('its pictures are there, in two themes, and small', () => {
  const sizes = STEPS.flatMap((step) =>
    ['dark', 'light'].map((theme) => statSync(`${FOLDER}/${step}-${theme}.png`).size),
  );
  for (const size of sizes) expect(size).toBeLessThan(MOST_OF_ONE);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000);
});
