import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { openWindow, runFromPalette, type Window } from './window.ts';

/** The demo to its end: one command approved, an edit approved, the test again, one command denied. */
async function demo(window: Window): Promise<void> {
  await runFromPalette(window);
  await window.answer('command', 'approve');
  await window.answer('edit', 'approve');
  await window.answer('command', 'approve');
  await window.panel.getByTestId('approval').filter({ hasText: 'rm -rf build/' }).waitFor({ timeout: 60_000 });
  await window.answer('command', 'deny');
  await window.state('finished');
}

/** A tree that is drawn anew takes hover and menu with it: then it is tried again, as a person would. */
async function insist(act: () => Promise<void>, seen: Locator): Promise<void> {
  for (let attempt = 0; attempt < 8; attempt += 1) {
    try {
      await act();
      await seen.waitFor({ timeout: 5_000 });
      return;
    } catch (error) {
      await seen.page().screenshot({ path: `test-results/insist-${attempt}.png` });
      if (attempt === 7) throw error;
    }
  }
}

/** Presses an icon that a row of the tree shows under the pointer. */
function press(row: Locator, icon: string): () => Promise<void> {
  return async () => {
    await row.page().mouse.move(700, 300);
    await row.hover();
    await row.locator(`[aria-label^="${icon}"]`).first().click({ timeout: 2_000 });
  };
}

/** Chooses from the menu of a row of the tree. */
function choose(row: Locator, item: string): () => Promise<void> {
  return async () => {
    const label = row.page().locator('.context-view .action-label', { hasText: item });
    // One that is open already has the item under the pointer of whoever looks at it.
    if (!(await label.isVisible())) await row.click({ button: 'right', timeout: 2_000 });
    await label.hover({ timeout: 2_000 });
    await row.page().waitForTimeout(300); // a menu takes no click in its first moments
    await label.click({ timeout: 2_000 });
  };
}

test('the log: found, filtered, compared, read, verified', async () => {
  const window = await openWindow();
  const { page } = window.editor;
  const { log } = window;
  const rows = log.locator('.monaco-list-row');
  await demo(window);
  expect((await window.tree()).length).toBeGreaterThan(0);
  await expect.poll(() => rows.count(), { timeout: 30_000 }).toBeGreaterThan(5);
  await window.shots('audit', '1-tree');

  await window.editor.palette('Oversign: Search the Audit Log');
  await page.locator('.quick-input-title', { hasText: 'Search the Audit Log' }).waitFor({ timeout: 30_000 });
  await page.locator('.quick-input-widget input.input').fill('rm build');
  await page.keyboard.press('Enter');
  await log.getByText('Only runs with words: rm build').waitFor({ timeout: 30_000 });
  await expect.poll(() => rows.filter({ hasText: 'rm -rf build/' }).count(), { timeout: 30_000 }).toBe(1);
  expect(await rows.filter({ hasText: 'Edit src/total.mjs' }).count()).toBe(0);
  await window.shots('audit', '2-search');

  await log.hover();
  await window.editor.palette('Oversign: Filter the Audit Log');
  await page.locator('.quick-input-title', { hasText: 'Filter the Audit Log' }).waitFor({ timeout: 30_000 });
  await page.waitForTimeout(300);
  await window.shots('audit', '3-filter');
  await page.locator('.quick-input-widget input.input').fill('Show Everything');
  await page.keyboard.press('Enter');
  await expect.poll(() => rows.filter({ hasText: 'Edit src/total.mjs' }).count(), { timeout: 30_000 }).toBe(1);

  const edit = rows.filter({ hasText: 'Edit src/total.mjs' }).first();
  await insist(press(edit, 'Open Diff'), page.locator('.tab', { hasText: 'before ↔ after this action' }));
  await page.waitForTimeout(800);
  await window.shots('audit', '4-diff');

  await insist(press(rows.first(), 'Open Details'), page.locator('.tab', { hasText: 'Find the bug' }));
  await window.editor.documentFrame('Find the bug');
  await window.shots('audit', '5-report');

  const menu = page.locator('.context-view .action-label', { hasText: 'Show in Transcript' });
  await insist(() => edit.click({ button: 'right', timeout: 2_000 }), menu);
  await window.shots('audit', '6-menu');
  const opened = window.panel.getByTestId('task-box');
  await insist(choose(edit, 'Show in Transcript'), opened);
  const entry = window.panel.locator('[data-testid="entry"][data-kind="action"]', { hasText: 'src/total.mjs' });
  await expect
    .poll(() => entry.evaluateAll((all) => all.some((one) => one === one.ownerDocument.activeElement)), {
      timeout: 30_000,
    })
    .toBe(true);
  await window.shots('audit', '7-transcript');

  await window.editor.palette('Oversign: Verify the Audit Log');
  const toast = page.locator('.notification-list-item', { hasText: 'the audit log is whole' });
  await toast.waitFor({ timeout: 60_000 });
  await window.shots('audit', '8-verified');
  await toast.locator('a.monaco-button', { hasText: 'Show Details' }).click();
  await (
    await window.editor.documentFrame('The audit log is whole')
  )
    .getByText('The audit log is whole')
    .waitFor({ timeout: 30_000 });
  await page.waitForTimeout(500);
  await window.shots('audit', '9-verdict');
});

test('the texts of a run are erased on a person’s word; the log stays whole and says so', async () => {
  const window = await openWindow();
  const { page } = window.editor;
  await demo(window);
  await window.tree();
  const rows = window.log.locator('.monaco-list-row');
  const run = rows.first();
  const dialog = page.locator('.monaco-dialog-box');
  await insist(choose(run, 'Erase the Texts'), dialog);
  await page.keyboard.press('Enter'); // the first button does nothing
  await dialog.waitFor({ state: 'hidden', timeout: 30_000 });
  expect(window.events().some(({ type }) => type === 'erasure')).toBe(false);

  await insist(choose(run, 'Erase the Texts'), dialog);
  await window.shot('audit-erase-1-question');
  await dialog.locator('a.monaco-button', { hasText: 'Erase' }).click();
  await page.locator('.notification-list-item', { hasText: 'texts were erased' }).waitFor({ timeout: 30_000 });
  expect(window.events().some(({ type }) => type === 'erasure')).toBe(true);
  await expect.poll(() => rows.filter({ hasText: 'Find the bug' }).count(), { timeout: 30_000 }).toBe(0);
  await window.shot('audit-erase-2-done');
  await window.editor.palette('Oversign: Verify the Audit Log');
  await page.locator('.notification-list-item', { hasText: 'the audit log is whole' }).waitFor({ timeout: 60_000 });
});
