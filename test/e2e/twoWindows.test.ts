import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { setKey, windowWithStory } from './story.ts';
import { answerIn, runFromPalette, stateIn } from './window.ts';

test('two windows of one folder: the other’s run is seen, the draft stays, and it is offered as soon as its window is gone', async () => {
  const first = await windowWithStory([
    { text: 'One.', calls: [{ name: 'write_file', args: { path: 'later.txt', content: 'later\n' } }] },
  ]);
  await runFromPalette(first, 'Write something later');
  await first.approval.waitFor({ timeout: 120_000 });

  const editor = await first.editor.another(first.server.url(first.folder));
  const panel = editor.agentFrame();
  await editor.palette('Oversign: Focus on Agent View');
  const elsewhere = panel.getByTestId('elsewhere');
  await elsewhere.waitFor({ timeout: 120_000 });
  const words = (await elsewhere.innerText()).replace(/\s+/g, ' ');
  expect(words).toContain('Write something later');
  expect(words).toMatch(/It is waiting for an answer in the window “sample” since \d\d:\d\d/);
  expect(words).not.toMatch(/process|\bpid\b/i);

  // What is typed here is refused with the place of the other, and stays.
  await setKey({ editor });
  const box = panel.getByTestId('task-box');
  await box.fill('Something of my own');
  await panel.getByTestId('send').click();
  const toast = editor.page.locator('.notification-toast', { hasText: 'Another run is' }).first();
  await toast.waitFor({ timeout: 90_000 });
  expect(await toast.innerText()).toMatch(/waiting for an answer in the window “sample”/);
  expect(await toast.innerText()).not.toMatch(/process \d/);
  await expect.poll(() => box.inputValue(), { timeout: 90_000 }).toBe('Something of my own');
  await editor.screenshot(join('test-results', 'two-windows-dark-1-elsewhere.png'));
  await editor.page.emulateMedia({ colorScheme: 'light' });
  await editor.page.waitForTimeout(1000);
  await editor.screenshot(join('test-results', 'two-windows-light-1-elsewhere.png'));
  await editor.page.emulateMedia({ colorScheme: 'dark' });

  // The first window goes; the one that is left offers to go on.
  await first.editor.page.goto('about:blank');
  await panel.getByTestId('interrupted').waitFor({ timeout: 120_000 });
  await elsewhere.waitFor({ state: 'detached', timeout: 30_000 });
  expect(await box.inputValue()).toBe('Something of my own');
  await editor.screenshot(join('test-results', 'two-windows-dark-2-offered.png'));
  expect(existsSync(join(first.folder, 'later.txt'))).toBe(false);
  await panel.getByTestId('resume').click();
  await answerIn(panel, 'edit', { button: 'approve' });
  await stateIn(panel, 'finished');
  expect(existsSync(join(first.folder, 'later.txt'))).toBe(true);

  // What both windows told the editor's storage bears witness.
  await editor.palette('Oversign: Verify the Audit Log');
  const verdict = editor.page.locator('.notification-toast', { hasText: 'the audit log is whole' }).first();
  await verdict.waitFor({ timeout: 120_000 });
  expect(await verdict.innerText()).toMatch(/Witnesses cover all of it|No witness covers the last [12] /);
});
