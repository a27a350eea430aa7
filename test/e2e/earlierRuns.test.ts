import { expect, test } from 'vitest';
import { setKey, windowWithStory } from './story.ts';
import { runFromPalette, type Window } from './window.ts';

const STORY = [
  { text: 'I will look first.', calls: [{ name: 'read_file', args: { path: 'src/total.mjs' } }] },
  { text: 'It stops one item early.' },
];

async function acceptInput({ editor: { page } }: Window, title: string, text: string): Promise<void> {
  await page.locator('.quick-input-title', { hasText: title }).waitFor({ timeout: 90_000 });
  await page.locator('.quick-input-widget input.input').fill(text);
  await page.keyboard.press('Enter');
}

test('earlier runs: shown after a reload, named, pinned, and gone on with', async () => {
  const window = await windowWithStory(STORY);
  const { panel, editor } = window;
  const { page } = editor;
  await runFromPalette(window, 'What is wrong with the total?');
  await window.state('finished');
  await runFromPalette(window, 'Say it again');
  const finished = (): number => window.events().filter(({ type }) => type === 'run_finished').length;
  await expect.poll(finished, { timeout: 120_000 }).toBe(2);

  await editor.reload();
  await setKey(window); // the server’s secrets live in memory
  await editor.palette('Oversign: Focus on Agent View');
  const rows = panel.getByTestId('earlier-run');
  await expect.poll(() => rows.count(), { timeout: 120_000 }).toBe(2);
  await page.waitForTimeout(800);
  await window.shots('earlier', '1-list');

  await panel.getByTestId('all-runs').click();
  const list = page.locator('.quick-input-widget .monaco-list-row');
  const first = list.filter({ hasText: 'What is wrong with the total?' });
  await first.waitFor({ timeout: 90_000 });
  await page.waitForTimeout(500);
  await window.shots('earlier', '2-all');
  await first.hover();
  await first.locator('[aria-label^="Rename"]').click({ timeout: 90_000 });
  await acceptInput(window, 'Rename a Run', 'The receipt');
  const renamed = list.filter({ hasText: 'The receipt' });
  await renamed.waitFor({ timeout: 90_000 });
  await renamed.hover();
  await renamed.locator('[aria-label^="Keep at the top"]').click({ timeout: 90_000 });
  await expect
    .poll(async () => (await list.first().innerText()).includes('The receipt'), { timeout: 90_000 })
    .toBe(true);
  await renamed.click();

  await panel.getByText('It stops one item early.').waitFor({ timeout: 90_000 });
  await window.state('finished');
  await page.waitForTimeout(500);
  await window.shots('earlier', '3-shown');
  await panel.getByTestId('task-box').fill('And why?');
  await panel.getByTestId('send').click();
  await expect.poll(finished, { timeout: 120_000 }).toBe(3);
  const events = window.events();
  expect(events.filter(({ type }) => type === 'run_started')).toHaveLength(2);
  expect(events.filter(({ type }) => type === 'run_continued')).toHaveLength(1);
  expect(events.filter(({ type }) => type === 'run_labelled').map(({ data }) => data['by'])).toEqual([
    'person',
    'person',
  ]);
});
