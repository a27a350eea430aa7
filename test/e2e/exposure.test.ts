import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { httpServer } from '../support/httpWorld.ts';
import { runFromPalette } from './window.ts';
import { windowWithStory } from './story.ts';

test('Data Exposure: what can be seen, what has left with its files, what was refused; the receipt, read and saved', async () => {
  const server = await httpServer((response) => response.end('thanks'));
  const send = (port: number): string =>
    `NO_PROXY= no_proxy= python3 -c "import urllib.request as u; print(u.urlopen('http://127.0.0.1:${port}/x', data=b'12345').read())"`;
  const window = await windowWithStory([
    { calls: [{ name: 'read_file', args: { path: 'src/total.mjs' } }] },
    { calls: [{ name: 'run_command', args: { command: send(server.port) } }] },
    { calls: [{ name: 'run_command', args: { command: send(9) } }] },
  ]);
  const { page } = window.editor;
  const config = join(dirname(dirname(window.data)), 'config', 'oversign');
  mkdirSync(config, { recursive: true });
  writeFileSync(
    join(config, 'policy.yaml'),
    `allowed_domains: ["127.0.0.1:${server.port}"]\ndenied_domains: ["127.0.0.1:9"]\n`,
  );
  await runFromPalette(window, 'Tell the server the total');
  await window.answer('command', 'approve');
  await expect.poll(() => server.got.length, { timeout: 60_000 }).toBe(1);
  await window.panel.getByTestId('approval').filter({ hasText: '127.0.0.1:9/' }).waitFor({ timeout: 60_000 });
  await window.answer('command', 'approve');
  await window.state('finished');

  await window.openLog();
  const pane = window.log.locator('.pane', { has: page.locator('.pane-header', { hasText: 'Data Exposure' }) });
  const rows = pane.locator('.monaco-list-row');
  expect(await rows.count()).toBe(0); // folded: nothing is looked at
  await pane.locator('.pane-header').click();
  await window.log.locator('.pane-header', { hasText: 'Audit Log' }).click({ position: { x: 40, y: 10 } }); // folds it: there is more room
  const row = (text: string) => rows.filter({ hasText: text });
  await row('src/total.mjs').waitFor({ timeout: 90_000 });
  await row(`127.0.0.1:${server.port}`).waitFor({ timeout: 30_000 });
  await row('What went there cannot be known').waitFor({ timeout: 30_000 });
  await row('Was to be sent, and was not').locator('.monaco-tl-twistie').click();
  await row('denied by the policy').waitFor({ timeout: 30_000 });
  await page.waitForTimeout(500);
  await window.shots('exposure', '1-left');
  // Whoever hears it hears what stands there.
  expect(await row('What went there cannot be known').first().getAttribute('aria-label')).toContain('could read');

  await row('Has left, last run').locator('.monaco-tl-twistie').click();
  await row('Can be seen').locator('.monaco-tl-twistie').click();
  await row('Network of commands').waitFor({ timeout: 30_000 });
  await row('Files').first().locator('.monaco-tl-twistie').click();
  await row('source and settings').waitFor({ timeout: 30_000 });
  await row('Has left, all runs').locator('.monaco-tl-twistie').click();
  await row('by 1 of 1 runs').first().waitFor({ timeout: 30_000 });
  await page.waitForTimeout(500);
  await window.shots('exposure', '2-seen');

  await window.editor.palette('Oversign: Privacy Receipt of This Run');
  const document = await window.editor.documentFrame('Privacy receipt of a run');
  await document.getByText('Files whose content was in it').waitFor({ timeout: 60_000 });
  await page.waitForTimeout(500);
  await window.shots('exposure', '3-receipt');

  // The same receipt as a page, and held against the log.
  const cli = resolve('dist/cli.js');
  const env = { ...process.env, XDG_DATA_HOME: dirname(window.data), XDG_CONFIG_HOME: dirname(config) };
  const file = join(config, 'receipt.html');
  execFileSync(process.execPath, [cli, 'exposure', 'last', '--receipt', 'html', '--output', file], {
    env,
    cwd: window.folder,
  });
  const said = execFileSync(process.execPath, [cli, 'verify', '--receipt', file], {
    env,
    cwd: window.folder,
    encoding: 'utf8',
  });
  expect(said).toContain('Receipt: MATCHES');
  const tab = await page.context().newPage();
  await tab.setContent(readFileSync(file, 'utf8'));
  for (const colorScheme of ['dark', 'light'] as const) {
    await tab.emulateMedia({ colorScheme });
    await tab.screenshot({ path: `test-results/exposure-${colorScheme}-4-page.png`, fullPage: true });
  }
  await tab.close();
});
