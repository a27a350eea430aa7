import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openWindow, runFromPalette, type Window } from './window.ts';

function userPolicy(window: Window): string {
  return join(dirname(dirname(window.data)), 'config', 'oversign', 'policy.yaml');
}

async function press(window: Window, button: string): Promise<void> {
  await window.editor.page.locator('.monaco-dialog-box').getByText(button, { exact: true }).click({ timeout: 30_000 });
}

async function type(window: Window, title: string, text: string): Promise<void> {
  await window.editor.page.locator('.quick-input-title', { hasText: title }).waitFor({ timeout: 30_000 });
  await window.editor.page.locator('.quick-input-widget input.input').fill(text);
  await window.editor.page.keyboard.press('Enter');
}

test('"Always allow": the rule is shown, written, and counts in the next run', async () => {
  const window = await openWindow();
  const { page } = window.editor;
  const file = userPolicy(window);
  mkdirSync(dirname(file), { recursive: true });
  const before = '# my own words\nmax_iterations: 20   # enough\n';
  writeFileSync(file, before);
  await runFromPalette(window);
  await window.approval.waitFor({ timeout: 60_000 });
  // A person reads the command first: what was not in sight is not approved by a rule either.
  await window.approval.locator('h2, h3').first().click();
  await expect.poll(() => window.approval.getByTestId('always').isEnabled(), { timeout: 30_000 }).toBe(true);
  await window.approval.getByTestId('always').click({ timeout: 30_000 });
  await page.locator('.monaco-dialog-box').waitFor({ timeout: 30_000 });
  await page.waitForTimeout(1200);
  await window.shots('policy', '1-always');
  expect(readFileSync(file, 'utf8')).toBe(before); // nothing is written before it was seen
  await press(window, 'Write Rule and Approve');
  await window.panel.locator('[data-testid="approval"][data-kind="edit"]').waitFor({ timeout: 60_000 });
  const after = readFileSync(file, 'utf8');
  expect(after.startsWith(before)).toBe(true);
  expect(after).toContain('node test/total.test.mjs');
  // Both flags that reading and running have lit are shown.
  const flags = window.panel.getByTestId('flags');
  await expect.poll(() => flags.getAttribute('data-untrusted'), { timeout: 10_000 }).toBe('true');
  await expect.poll(() => flags.getAttribute('data-outward'), { timeout: 10_000 }).toBe('true');
  await window.answer('edit', 'deny');
  // Loosening counts from the next run: in this one the same command asks again.
  await window.answer('command', 'deny');
  await window.panel.getByTestId('approval').filter({ hasText: 'rm -rf build/' }).waitFor({ timeout: 60_000 });
  await window.answer('command', 'deny');
  await window.state('finished');
  await runFromPalette(window);
  await window.panel.locator('[data-testid="approval"][data-kind="edit"]').waitFor({ timeout: 60_000 });
  await page.waitForTimeout(800);
  await window.shots('policy', '2-next-run');
  const decided = window.events().filter((event) => event.type === 'decided');
  expect(decided.at(-2)?.data).toMatchObject({ verdict: 'allow', rule: 'rules: allow node test/total.test.mjs' });
});

test('grants are listed and taken back; what the policy allows is explained, tried and shown', async () => {
  const window = await openWindow();
  const { page } = window.editor;
  const palette = (title: string): Promise<void> => window.editor.palette(title);
  await runFromPalette(window);
  await window.answer('command', 'approve-and-grant');
  await window.panel.locator('[data-testid="approval"][data-kind="edit"]').waitFor({ timeout: 60_000 });
  const grant = window.panel.getByTestId('grant').first();
  if (!(await grant.isVisible()))
    await window.panel
      .getByText(/Remembered approvals/)
      .first()
      .click();
  expect(await grant.innerText()).toContain('exactly this command');
  await window.shot('policy-grants');
  await window.panel.getByTestId('revoke').first().click();
  await expect
    .poll(() => window.events().some((event) => event.type === 'grant_revoked'), { timeout: 30_000 })
    .toBe(true);
  await window.answer('edit', 'approve');
  await window.answer('command', 'deny'); // the test again: nothing covers it any more
  await window.panel.getByTestId('approval').filter({ hasText: 'rm -rf build/' }).waitFor({ timeout: 60_000 });
  await page.waitForTimeout(800);
  await window.shot('policy-losses');
  expect(await window.approval.innerText()).toMatch(/lost/i);
  await window.answer('command', 'deny');
  await window.state('finished');

  await palette('Oversign: Show Effective Policy');
  await page.locator('.tab', { hasText: 'Effective Policy' }).waitFor({ timeout: 30_000 });
  await page.locator('.view-lines', { hasText: 'max_iterations' }).first().waitFor({ timeout: 30_000 });
  await window.shot('policy-effective');
  await palette('Oversign: Try an Action');
  await type(window, 'Try an Action', 'run_command');
  await type(window, 'Try run_command', 'git push --force');
  await page
    .locator('.view-lines', { hasText: 'git push is not known to only look' })
    .first()
    .waitFor({ timeout: 30_000 });
  await window.shot('policy-try');
  await window.tree('Edit src/total.mjs');
  const row = page
    .locator('.pane:has(.pane-header[aria-label^="Audit Log"]) .monaco-list-row', { hasText: 'rm -rf' })
    .first();
  await page.locator('.pane-header[aria-label^="Agent"]').click();
  await row.hover();
  await row.locator('[aria-label^="Explain Decision"]').first().click({ timeout: 30_000 });
  await page.locator('.view-lines', { hasText: 'rm deletes' }).first().waitFor({ timeout: 30_000 });
  await window.shot('policy-explain');
});

test('a workspace policy loosens nothing until its exact content is accepted', async () => {
  const window = await openWindow();
  const { page } = window.editor;
  const palette = (title: string): Promise<void> => window.editor.palette(title);
  mkdirSync(join(window.folder, '.oversign'));
  writeFileSync(
    join(window.folder, '.oversign/policy.yaml'),
    'max_iterations: 60\nrules:\n  - {decision: allow, commands: ["node test/total.test.mjs"], why: the tests}\n',
  );
  await palette('Oversign: Focus on Agent View');
  await window.panel
    .getByText(/can only tighten until you accept it/)
    .first()
    .waitFor({ timeout: 60_000 });
  await runFromPalette(window);
  await window.answer('command', 'deny'); // its rule does not count yet
  await window.editor.palette('Oversign: Stop the Run');
  await window.state('stopped', 'finished');
  await palette('Oversign: Accept Workspace Policy');
  await page.locator('.monaco-dialog-box').waitFor({ timeout: 30_000 });
  await page.waitForTimeout(1000);
  await window.shot('policy-accept');
  expect(existsSync(join(window.data, 'accepted-policies.json'))).toBe(false);
  await press(window, 'Accept');
  await expect
    .poll(() => window.events().some((event) => event.type === 'policy_accepted'), { timeout: 30_000 })
    .toBe(true);
  await runFromPalette(window);
  await window.panel.locator('[data-testid="approval"][data-kind="edit"]').waitFor({ timeout: 60_000 });
  const decided = window.events().filter((event) => event.type === 'decided');
  expect(decided.at(-2)?.data).toMatchObject({ verdict: 'allow', rule: 'rules: allow node test/total.test.mjs' });
});
