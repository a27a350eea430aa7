import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KEY, setKey, windowWithStory } from './story.ts';
import { runFromPalette, type Window } from './window.ts';

/** Closes the secondary side bar, in which the panel is. */
async function hidePanel({ editor: { page } }: Window): Promise<void> {
  await page.keyboard.press('Control+Alt+B');
  await page.locator('.part.auxiliarybar').waitFor({ state: 'hidden', timeout: 30_000 });
}

test('approve one action, deny another, stop a third: files, tree and log agree', async () => {
  const window = await windowWithStory([
    { text: 'One.', calls: [{ name: 'write_file', args: { path: 'approved.txt', content: 'yes\n' } }] },
    { text: 'Two.', calls: [{ name: 'write_file', args: { path: 'denied.txt', content: 'no\n' } }] },
    {
      text: 'Three.',
      calls: [{ name: 'run_command', args: { command: 'touch begun.txt; sleep 61; touch late.txt' } }],
    },
  ]);
  await runFromPalette(window, 'Do three things');
  await window.answer('edit', 'approve');
  await window.panel.getByTestId('approval').filter({ hasText: 'denied.txt' }).waitFor({ timeout: 120_000 });
  await window.answer('edit', 'deny', 'rather not');
  await window.answer('command', 'approve');
  await expect.poll(() => existsSync(join(window.folder, 'begun.txt')), { timeout: 120_000 }).toBe(true);
  await window.panel.getByTestId('stop').click();
  await window.state('stopped');
  await window.shot('run-stopped');
  expect(readFileSync(join(window.folder, 'approved.txt'), 'utf8')).toBe('yes\n');
  expect(existsSync(join(window.folder, 'denied.txt'))).toBe(false);
  expect(existsSync(join(window.folder, 'late.txt'))).toBe(false);
  const tree = (await window.tree()).join('\n');
  expect(tree).toMatch(/You approved · Create approved\.txt ?done/);
  expect(tree).toMatch(/You denied · Create denied\.txt ?“rather not”/);
  expect(tree).toMatch(/You approved · Run touch begun.*cancelled/);
  // What asked the server whether it takes the key is of no run.
  const egress = window.events().filter(({ type, data }) => type === 'egress' && data['method'] === 'POST');
  expect(egress.length).toBe(3);
  expect(egress.every(({ data }) => String(data['origin']).startsWith('http://127.0.0.1:'))).toBe(true);
  expect(readFileSync(join(window.data, 'audit.db')).includes(KEY)).toBe(false);
});

test('a window reloaded with an approval pending: interrupted, resumed, asked anew', async () => {
  const window = await windowWithStory([
    { text: 'One.', calls: [{ name: 'write_file', args: { path: 'later.txt', content: 'after the reload\n' } }] },
  ]);
  await runFromPalette(window, 'Write after the reload');
  await window.approval.waitFor({ timeout: 120_000 });

  // Hiding the panel loses nothing.
  await hidePanel(window);
  await window.editor.palette('Oversign: Focus on Agent View');
  await window.approval.waitFor({ timeout: 120_000 });

  await window.editor.reload();
  await window.editor.palette('Oversign: Focus on Agent View');
  await window.panel.getByTestId('interrupted').waitFor({ timeout: 120_000 });
  await window.shot('run-interrupted');
  expect(existsSync(join(window.folder, 'later.txt'))).toBe(false);
  expect(window.events().map(({ type, data }) => `${type}:${String(data['by'] ?? '')}`)).toContain(
    'answered:interruption',
  );
  expect((await window.tree()).join('\n')).toMatch(/Write after the reload ?interrupted/);

  // This server keeps secrets in memory only, and the key went with the window. Loopback servers may want none, so
  // the run would start and be refused: set it again first.
  await setKey(window);
  await window.panel.getByTestId('resume').click();
  await window.approval.waitFor({ timeout: 120_000 });
  await window.answer('edit', 'approve');
  await window.state('finished');
  expect(readFileSync(join(window.folder, 'later.txt'), 'utf8')).toBe('after the reload\n');
});

test('a folder renamed under a run that waits: offered where it stands now, with what shows that, and gone on with there', async () => {
  const window = await windowWithStory([
    { text: 'One.', calls: [{ name: 'write_file', args: { path: 'later.txt', content: 'after the move\n' } }] },
  ]);
  await runFromPalette(window, 'Write after the move');
  await window.approval.waitFor({ timeout: 120_000 });
  const renamed = `${window.folder}-renamed`;
  renameSync(window.folder, renamed);
  await window.editor.page.goto(window.server.url(renamed));
  await window.editor.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 120_000 });
  await window.editor.palette('Oversign: Focus on Agent View');
  const card = window.panel.getByTestId('interrupted');
  await card.waitFor({ timeout: 120_000 });
  await window.shot('run-other-folder');
  const words = (await card.innerText()).replace(/\s+/g, ' ');
  expect(words).toContain(`${window.folder} is now ${renamed}: the same folder on the disk.`);
  expect(words).toContain('The editor ended its extensions: the window was closed or reloaded');
  await setKey(window);
  await window.panel.getByTestId('resume').click();
  await window.answer('edit', 'approve');
  await window.state('finished');
  expect(readFileSync(join(renamed, 'later.txt'), 'utf8')).toBe('after the move\n');
  expect(window.events().find(({ type }) => type === 'folders_bound')?.data).toMatchObject({ moved: 1, by: 'person' });
});

test('the extension host killed with -9 between approval and effect: nothing happened, and the log says so', async () => {
  const window = await windowWithStory([{ text: 'One.', calls: [{ name: 'delete_path', args: { path: 'many' } }] }]);
  // Keeping a copy of so many files takes seconds: that is the time between the answer and the effect.
  mkdirSync(join(window.folder, 'many'));
  for (let index = 0; index < 4000; index += 1)
    writeFileSync(join(window.folder, 'many', `${index}.txt`), `${index}\n`);
  await runFromPalette(window, 'Delete many files');
  await window.answer('delete', 'approve');
  await expect
    .poll(() => window.events().some(({ type }) => type === 'answered'), { timeout: 120_000, interval: 20 })
    .toBe(true);
  for (const pid of window.server.extensionHostPids()) process.kill(pid, 'SIGKILL');
  await window.panel.getByTestId('interrupted').waitFor({ timeout: 90_000 });
  const events = window.events();
  expect(events.filter(({ type }) => type === 'started')).toEqual([]);
  expect(events.filter(({ type }) => type === 'interrupted').map(({ data }) => data['effect'])).toContain(
    'did not happen',
  );
  expect(readdirSync(join(window.folder, 'many'))).toHaveLength(4000);
});

test('the extension host killed with -9 while an approved command runs: the log says so', async () => {
  const window = await windowWithStory([
    { text: 'One.', calls: [{ name: 'run_command', args: { command: 'touch begun.txt; sleep 62; touch late.txt' } }] },
  ]);
  await runFromPalette(window, 'Run something long');
  await window.answer('command', 'approve');
  await expect.poll(() => existsSync(join(window.folder, 'begun.txt')), { timeout: 120_000 }).toBe(true);
  for (const pid of window.server.extensionHostPids()) process.kill(pid, 'SIGKILL');
  await window.panel.getByTestId('interrupted').waitFor({ timeout: 90_000 });
  await window.shot('run-killed');
  const events = window.events();
  expect(events.findLast(({ type }) => type === 'started')).toBeDefined();
  expect(events.filter(({ type }) => type === 'interrupted').map(({ data }) => data['effect'])).toContain(
    'may have happened',
  );
  expect(events.some(({ type }) => type === 'finished')).toBe(false);
  expect(existsSync(join(window.folder, 'late.txt'))).toBe(false);
  expect(existsSync(join(window.folder, '.vscode'))).toBe(false);
});

test('a question that comes while the panel is hidden is told in a toast, the badge, the status bar and the editor, as long as it waits', async () => {
  const story = [
    { text: 'One.', calls: [{ name: 'run_command', args: { command: ': [Show](command:workbench.view.scm)' } }] },
  ];
  const window = await windowWithStory(story, 5000); // time enough to hide the panel before the question comes
  const { page } = window.editor;
  await runFromPalette(window, 'Ask me later');
  await hidePanel(window);
  await page.getByText('Oversign: 1 approval waiting').waitFor({ timeout: 120_000 });
  await page.locator('.activitybar .badge-content', { hasText: '1' }).first().waitFor({ timeout: 90_000 });
  const toast = page.locator('.notification-toast', { hasText: 'Oversign asks: Run' });
  await toast.waitFor({ timeout: 90_000 });
  await window.shot('panel-hidden');
  // The model's words do not become something to click: what leads to the card is the only link.
  expect(await toast.locator('.notification-list-item-message a').allInnerTexts()).toEqual(['Show']);
  expect(window.events().some(({ type }) => type === 'answered')).toBe(false);
  // Zen mode leaves the editor alone. The sign is no text of the document, and takes the focus from nobody.
  const signs = (): Promise<boolean> =>
    page.evaluate(() =>
      [...document.querySelectorAll('.view-line span')].some((one) =>
        getComputedStyle(one, '::after').content.includes('1 approval waiting'),
      ),
    );
  const toggleZen = async (): Promise<void> => {
    await page.keyboard.press('Control+K');
    await page.keyboard.press('z');
  };
  await page.keyboard.press('Control+P');
  await page.locator('.quick-input-widget input').fill('README.md');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'README.md' }).first().click({ timeout: 90_000 });
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: 30_000 });
  await page.locator('.monaco-editor .view-line').first().click({ timeout: 90_000 });
  await toggleZen();
  await page.getByText('Oversign: 1 approval waiting').waitFor({ state: 'hidden', timeout: 30_000 });
  await expect.poll(signs, { timeout: 90_000 }).toBe(true);
  expect(await page.evaluate(() => document.activeElement?.closest('.monaco-editor') != null)).toBe(true);
  await window.shot('panel-hidden-zen');
  await toggleZen();
  // Coming back, the question stands there as it was, and needs no other sign.
  await window.editor.palette('Oversign: Focus on Agent View');
  await window.approval.waitFor({ timeout: 120_000 });
  await toast.waitFor({ state: 'detached', timeout: 30_000 });
  await expect.poll(signs, { timeout: 30_000 }).toBe(false);
  // What ends it takes every sign of it away.
  await hidePanel(window);
  await toast.waitFor({ timeout: 90_000 });
  await expect.poll(signs, { timeout: 90_000 }).toBe(true);
  await window.editor.palette('Oversign: Stop the Run');
  await toast.waitFor({ state: 'detached', timeout: 30_000 });
  await expect.poll(signs, { timeout: 30_000 }).toBe(false);
  await page.getByText('Oversign: 1 approval waiting').waitFor({ state: 'hidden', timeout: 30_000 });
  expect(await page.locator('.activitybar .badge-content', { hasText: '1' }).count()).toBe(0);
});

test('a change is approved when all of it was in sight, or what was not by its count', async () => {
  const lines = (count: number): string => Array.from({ length: count }, (_, index) => `line ${index}\n`).join('');
  const window = await windowWithStory([
    { text: 'One.', calls: [{ name: 'write_file', args: { path: 'scrolled.txt', content: lines(120) } }] },
    { text: 'Two.', calls: [{ name: 'write_file', args: { path: 'counted.txt', content: lines(5000) } }] },
  ]);
  await runFromPalette(window, 'Write two files');
  const { page } = window.editor;
  const [approve, rest] = [window.approval.getByTestId('approve'), window.approval.getByTestId('approve-rest')];
  const title = window.approval.locator('h2').first();
  await title.click({ timeout: 120_000 });
  await page.waitForTimeout(2500); // longer than a card must have stood still
  expect(await approve.isEnabled()).toBe(false);
  await window.shot('change-not-all-seen');
  const diff = window.approval.locator('.diff');
  for (let at = 0; at < 120; at += 4) await diff.locator('> span').nth(at).scrollIntoViewIfNeeded();
  await diff.locator('> span').last().scrollIntoViewIfNeeded();
  await expect.poll(() => approve.isEnabled(), { timeout: 90_000 }).toBe(true);
  expect(await approve.innerText()).toBe('Approve');
  await approve.click({ timeout: 90_000 });
  await window.panel.getByTestId('approval').filter({ hasText: 'counted.txt' }).waitFor({ timeout: 120_000 });
  await title.click();
  const words = await rest.innerText();
  await rest.click();
  await expect.poll(() => approve.isEnabled(), { timeout: 90_000 }).toBe(true);
  expect(await approve.innerText()).toMatch(/^Approve, \d+ unseen$/);
  await window.shot('change-counted');
  await approve.click({ timeout: 90_000 });
  await window.state('finished');
  const answers = window.events().filter(({ type }) => type === 'answered');
  expect(answers.map(({ data }) => data['unseen'] !== undefined)).toEqual([false, true]);
  expect(Number(answers[1]?.data['unseen'])).toBeGreaterThan(1000);
  expect(words).toMatch(/^Let me approve with \d+ lines unseen$/);
  expect(readFileSync(join(window.folder, 'counted.txt'), 'utf8')).toBe(lines(5000));
});

test('what is pasted into the task box is kept whole, and cannot be sent while it is too long', async () => {
  const window = await windowWithStory([]);
  await window.editor.palette('Oversign: Focus on Agent View');
  const box = window.panel.getByTestId('task-box');
  const pasted = `${`${'words of a build, '.repeat(60)}\n`.repeat(180)}and the question?`;
  await box.fill(pasted, { timeout: 120_000 });
  expect(await box.inputValue()).toBe(pasted);
  await window.panel.getByTestId('too-long').waitFor({ timeout: 90_000 });
  expect(await window.panel.getByTestId('send').isDisabled()).toBe(true);
});
