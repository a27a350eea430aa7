import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { windowWithStory } from './story.ts';
import { runFromPalette } from './window.ts';

const write = (path: string, content: string) => ({ name: 'write_file', args: { path, content } });

test('an edit is approved and denied in the title of its diff view, which then closes', async () => {
  const window = await windowWithStory([
    { text: 'One.', calls: [write('yes.txt', 'first\nsecond\n')] },
    { text: 'Two.', calls: [write('no.txt', 'other\n')] },
    { text: 'Three.', calls: [write('long.txt', `${'word '.repeat(40)}\n`)] },
  ]);
  const { page } = window.editor;
  const title = (words: string) => page.locator(`.editor-actions a.action-label[aria-label*="${words}"]`);
  const diffs = page.locator('.tab[aria-label*="proposed by the agent"]');
  const open = async (name: string): Promise<void> => {
    await window.panel.getByTestId('approval').filter({ hasText: name }).waitFor({ timeout: 120_000 });
    await window.approval.getByTestId('open-diff').click({ timeout: 90_000 });
    await diffs.first().waitFor({ timeout: 90_000 });
    // What is clicked in the panel has the focus there: a person goes to the diff.
    await page.locator('.monaco-diff-editor .modified .view-lines').first().click();
  };
  await runFromPalette(window, 'Write some files');

  await open('yes.txt');
  await title('Deny This Change').waitFor({ timeout: 90_000 });
  await expect
    .poll(() => title('Approve This Change').getAttribute('class'), { timeout: 90_000 })
    .not.toContain('disabled');
  await window.shot('diff-title');
  expect(existsSync(join(window.folder, 'yes.txt')), 'nothing is approved by itself').toBe(false);
  await title('Approve This Change').click();
  await expect.poll(() => existsSync(join(window.folder, 'yes.txt')), { timeout: 90_000 }).toBe(true);
  expect(readFileSync(join(window.folder, 'yes.txt'), 'utf8')).toBe('first\nsecond\n');
  await expect.poll(() => diffs.count(), { timeout: 30_000 }).toBe(0);

  await open('no.txt');
  await title('Deny This Change').click({ timeout: 90_000 });
  await expect.poll(() => diffs.count(), { timeout: 30_000 }).toBe(0);

  // A line that may run beyond the edge: it is approved on its card, and can be denied here.
  await open('long.txt');
  await title('Deny This Change').waitFor({ timeout: 90_000 });
  await page.waitForTimeout(1500);
  expect(await title('Approve This Change').count()).toBe(0);
  await window.answer('edit', 'deny');
  await expect.poll(() => diffs.count(), { timeout: 30_000 }).toBe(0);
  await window.state('finished');
  expect(existsSync(join(window.folder, 'no.txt'))).toBe(false);
  const answers = window.events().filter(({ type }) => type === 'answered');
  expect(answers.map(({ data }) => [data['choice'], data['by'], data['at']])).toEqual([
    ['approve', 'person', 'editor'],
    ['deny', 'person', 'editor'],
    ['deny', 'person', 'editor'],
  ]);
});
