import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { windowWithStory } from './story.ts';

function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Two folders of one name, one of them with a policy, and one that the workspace file gives a name. */
function threeFolders(sample: string): string {
  const base = dirname(sample);
  put(join(base, 'one/app/a.txt'), 'one\n');
  put(join(base, 'two/app/a.txt'), 'two\n');
  put(join(base, 'two/app/.oversign/policy.yaml'), 'max_iterations: 20\n');
  put(join(base, 'lib/lib.txt'), 'lib\n');
  const file = join(base, 'three.code-workspace');
  const folders = [{ path: 'one/app' }, { path: 'two/app' }, { path: 'lib', name: 'Library' }];
  put(file, JSON.stringify({ folders, settings: { 'oversign.model.provider': 'demo' } }));
  return file;
}

test('a window with three folders: where a run works, in labels, from the Explorer to the log; whose policy bounds; which are chosen', async () => {
  const window = await windowWithStory(
    [
      {
        text: 'One.',
        calls: [{ name: 'write_file', args: { path: 'app (two)/new.txt', content: 'new\n' } }],
      },
    ],
    0,
    { shown: threeFolders },
  );
  const { editor, panel, folder } = window;
  const { page } = editor;
  const base = dirname(folder);
  const worksIn = panel.getByTestId('works-in');
  await editor.palette('Oversign: Focus on Agent View');
  await worksIn.waitFor({ timeout: 120_000 });
  const works = async (expected: string): Promise<void> => {
    await expect
      .poll(async () => (await worksIn.innerText()).replace(/\s+/g, ' '), { timeout: 120_000 })
      .toContain(expected);
  };
  await works('Will work in app (one), app (two) and Library (lib). Bounded by the policy of app (two).');
  // What the workspace file tried is said, and did not count.
  expect(await panel.getByTestId('folders').allInnerTexts()).toContain(
    'A workspace cannot set oversign.model.provider; this is ignored. Set it in your own settings.',
  );
  await window.shots('folders', '1-before');

  // From the Explorer: a reference, in the words of the folder, and nothing is sent.
  await editor.palette('View: Show Explorer');
  const explorer = page.locator('.explorer-folders-view .monaco-list-row');
  // All folders lie open in an Explorer that is new: the last file of this name is that of the second one.
  const row = explorer.filter({ hasText: 'a.txt' }).last();
  await row.waitFor({ timeout: 90_000 });
  await row.click({ button: 'right' });
  const entry = page.locator('.monaco-menu .action-label', { hasText: 'Run Agent on This' });
  await entry.waitFor({ timeout: 90_000 });
  await window.shot('folders-menu');
  await entry.click();
  const box = panel.getByTestId('task-box');
  await expect.poll(() => box.inputValue(), { timeout: 90_000 }).toContain('`app (two)/a.txt`');
  expect(window.events().some(({ type }) => type === 'run_started')).toBe(false);

  // Which workspace policy is opened is asked.
  await editor.palette('Oversign: Open Workspace Policy');
  const picker = page.locator('.quick-input-widget');
  await picker.locator('.quick-input-list .monaco-list-row', { hasText: 'app (two)' }).waitFor({ timeout: 90_000 });
  const rows = (await picker.locator('.quick-input-list .monaco-list-row').allInnerTexts()).join('\n');
  expect(rows).toMatch(/app \(two\)\s*has a policy/);
  expect(rows).toMatch(/Library \(lib\)\s*has none yet/);
  await page.keyboard.press('Escape');

  await editor.palette('Oversign: Focus on Agent View');
  await box.fill('Write something into the second one');
  await panel.getByTestId('send').click();
  await window.approval.waitFor({ timeout: 120_000 });
  await works('Works in app (one), app (two) and Library (lib).');
  const card = await window.approval.innerText();
  expect(card).toContain('app (two)/new.txt');
  expect(card).not.toContain(join(base, 'two'));
  await page.waitForTimeout(800);
  await window.shots('folders', '2-waiting');
  await window.answer('edit', 'approve');
  await window.state('finished');
  await works('Worked in app (one), app (two) and Library (lib).');
  expect(readFileSync(join(base, 'two/app/new.txt'), 'utf8')).toBe('new\n');
  expect(existsSync(join(base, 'one/app/new.txt'))).toBe(false);
  const tree = (await window.tree()).join('\n');
  expect(tree).toContain('Create app (two)/new.txt');
  expect(tree).not.toContain(join(base, 'two'));

  // The next run works in one of them alone.
  await panel.getByTestId('choose-folders').click();
  const item = (label: string): ReturnType<typeof picker.locator> =>
    picker.locator('.quick-input-list .monaco-list-row', { hasText: label });
  await item('app (one)').waitFor({ timeout: 90_000 });
  for (const label of ['app (one)', 'app (two)']) await item(label).click();
  await window.shot('folders-choose');
  await picker.locator('.quick-input-action .monaco-button').first().click();
  await editor.palette('Oversign: New Run');
  await works('Will work in Library (lib). Not in app (one) and app (two).');
  await window.shots('folders', '3-chosen');
});
