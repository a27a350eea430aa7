import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openWindow, runFromPalette } from './window.ts';

test('the first screen, which the README shows', async () => {
  const window = await openWindow();
  await window.editor.palette('Oversign: Focus on Agent View');
  await window.panel.getByTestId('task-box').waitFor({ timeout: 120_000 });
  await window.editor.page.waitForTimeout(1200);
  await window.shot('first-screen');
  // Committed pictures change only when somebody wants them to: every run paints some pixel in another way.
  if (process.env['OVERSIGN_PICTURES'] !== undefined) {
    mkdirSync('docs/pictures', { recursive: true });
    copyFileSync('test-results/first-screen.png', 'docs/pictures/first-screen.png');
  }
  const [, picture = ''] = /!\[[^\]]*\]\(([^)]*first-screen\.png)\)/.exec(readFileSync('README.md', 'utf8')) ?? [];
  expect(statSync(picture).size).toBeLessThan(200_000);
});

test('the demo, from the palette to the last answer', async () => {
  const window = await openWindow();
  const { folder, approval, editor } = window;
  await runFromPalette(window);

  await window.approval.waitFor({ timeout: 120_000 });
  await editor.page.waitForTimeout(1200);
  await window.shots('demo', '1-command');
  expect(await approval.innerText()).toContain('node test/total.test.mjs');
  expect(await approval.getByTestId('undo').innerText()).toContain(
    'Can be undone: puts back what it changes in the workspace, and where git stood.',
  );
  expect(await approval.getByTestId('why').innerText()).toMatch(
    /Runs node, which can change anything in this workspace/,
  );
  await window.answer('command', 'approve-and-grant');

  await window.panel.locator('[data-testid="approval"][data-kind="edit"]').waitFor({ timeout: 120_000 });
  expect(readFileSync(join(folder, 'src/total.mjs'), 'utf8')).toContain('length - 1');
  await approval.getByTestId('open-diff').click();
  await editor.page.locator('.monaco-diff-editor').waitFor({ timeout: 90_000 });
  await editor.page.waitForTimeout(1500);
  await window.shots('demo', '2-edit');
  await window.answer('edit', 'approve');
  // It is proposed no more: nothing shows it as if it were.
  await editor.page.locator('.monaco-diff-editor').waitFor({ state: 'detached', timeout: 30_000 });

  // The second test run is the identical command: the grant covers it, and rm asks again.
  await window.panel.getByTestId('approval').filter({ hasText: 'rm -rf build/' }).waitFor({ timeout: 120_000 });
  await editor.page.waitForTimeout(1200);
  await window.shots('demo', '3-delete');
  await window.answer('command', 'deny', 'I still need that');
  await window.state('finished');
  await editor.page.waitForTimeout(800);
  await window.shots('demo', '4-finished');

  expect(readFileSync(join(folder, 'src/total.mjs'), 'utf8')).not.toContain('length - 1');
  expect(existsSync(join(folder, 'build/till.js'))).toBe(true);
  expect(existsSync(join(folder, '.vscode'))).toBe(false);
  const tree = (await window.tree('Edit src/total.mjs')).join('\n');
  expect(tree).toMatch(/Allowed · List .*by workspace-read · done/);
  expect(tree).toMatch(/You approved · Edit src\/total\.mjs ?done/);
  expect(tree).toMatch(/Remembered · Run node test\/total\.test\.mjs ?done/);
  expect(tree).toMatch(/You denied · Run rm -rf build\/ ?“I still need that”/);
  expect(window.events().filter(({ type }) => type === 'asked')).toHaveLength(3);
  expect(window.events().some(({ type }) => type === 'egress')).toBe(false);

  const details = await editor.documentFrame('Edit src/total.mjs');
  await details.getByRole('heading', { name: 'Edit src/total.mjs' }).waitFor({ timeout: 90_000 });
  await details.getByRole('heading', { name: 'The record' }).waitFor({ timeout: 90_000 });
  await editor.page.waitForTimeout(800);
  await window.shots('demo', '5-details');
});
