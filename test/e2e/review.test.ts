import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { windowWithStory } from './story.ts';
import { runFromPalette } from './window.ts';

const TEN = Array.from({ length: 10 }, (_, index) => `line ${index + 1}\n`).join('');

test('a run that is reviewed afterwards: chosen in the composer, no question, one file kept, one put back, one place put back', async () => {
  const window = await windowWithStory([
    {
      text: 'I change a few things.',
      calls: [
        { name: 'write_file', args: { path: 'kept.txt', content: 'kept\n' } },
        { name: 'write_file', args: { path: 'ten.txt', content: TEN } },
        { name: 'write_file', args: { path: 'back.txt', content: 'made\n' } },
        { name: 'edit_file', args: { path: 'README.md', old_text: '#', new_text: '##' } },
      ],
    },
  ]);
  const { panel, editor } = window;
  const { page } = editor;
  await editor.palette('Oversign: Focus on Agent View');
  await panel.getByTestId('pick-way').click();
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Review afterwards' }).click();
  await panel.locator('[data-testid="pick-way"][data-way="review"]').waitFor({ timeout: 90_000 });
  await runFromPalette(window, 'Change a few things');
  await window.state('finished');
  const review = panel.getByTestId('review');
  await review.getByTestId('review-file').first().waitFor({ timeout: 120_000 });
  await window.shot('review-open');
  expect(await panel.getByTestId('approval').count()).toBe(0);
  expect(existsSync(join(window.folder, 'back.txt'))).toBe(true);
  const file = (name: string): ReturnType<typeof review.getByTestId> =>
    review.getByTestId('review-file').filter({ hasText: name });

  // The diff of one file, in the editor's own view.
  await file('back.txt').getByTestId('review-name').click();
  await page.locator('.tab', { hasText: 'back.txt' }).first().waitFor({ timeout: 90_000 });

  // One place of a file.
  const before = readFileSync(join(window.folder, 'README.md'), 'utf8');
  await file('README.md').getByTestId('review-parts').click();
  const item = page.locator('.quick-input-list .monaco-list-row').first();
  await item.waitFor({ timeout: 90_000 });
  await window.shot('review-parts');
  await item.click();
  await page.locator('.quick-input-action .monaco-button').first().click();
  await file('README.md').and(panel.locator('[data-state="put back"]')).waitFor({ timeout: 120_000 });
  expect(readFileSync(join(window.folder, 'README.md'), 'utf8')).toBe(before.replace('##', '#'));

  // One file goes back, the rest is kept.
  await file('back.txt').getByTestId('review-mark').click();
  expect(await review.getByTestId('review-settle').textContent()).toMatch(/^Keep 2, put back 1$/);
  await window.shots('review', 'marked');
  await review.getByTestId('review-settle').click();
  // What is settled folds away, and says so; it can be looked at again.
  const head = review.getByTestId('review-head');
  await expect.poll(() => head.innerText(), { timeout: 120_000 }).toContain('4 files changed, 2 kept, 2 put back');
  await head.click();
  await file('back.txt').and(panel.locator('[data-state="put back"]')).waitFor({ timeout: 120_000 });
  await file('kept.txt').and(panel.locator('[data-state="kept"]')).waitFor({ timeout: 120_000 });
  await window.shot('review-settled');
  expect(existsSync(join(window.folder, 'back.txt'))).toBe(false);
  expect(readFileSync(join(window.folder, 'kept.txt'), 'utf8')).toBe('kept\n');
  const events = window.events();
  const rules = events.flatMap(({ type, data }) => (type === 'decided' ? [String(data['rule'])] : []));
  expect(rules.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => 'way: review'));
  expect(events.some(({ type }) => type === 'answered')).toBe(false);
  expect(events.find(({ type }) => type === 'changes_kept')?.data).toMatchObject({
    files: 2,
    by: 'person',
    at: 'editor',
  });

  // Named in the palette, too.
  await editor.palette('Oversign: Review Changes');
  await page.locator('.tab', { hasText: 'files (before' }).first().waitFor({ timeout: 90_000 });
});
