import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openWindow, runFromPalette, type Window } from './window.ts';

function userPolicy(window: Window): string {
  return join(dirname(dirname(window.data)), 'config', 'oversign', 'policy.yaml');
}

async function press(window: Window, button: string): Promise<void> {
  await window.editor.page.locator('.monaco-dialog-box').getByText(button, { exact: true }).click({ timeout: 90_000 });
}

async function type(window: Window, title: string, text: string): Promise<void> {
  await window.editor.page.locator('.quick-input-title', { hasText: title }).waitFor({ timeout: 90_000 });
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
  await window.approval.waitFor({ timeout: 120_000 });
  // What was not in sight is not approved by a rule either.
  await window.approval.getByTestId('approve-menu').click({ timeout: 90_000 });
  await expect.poll(() => window.approval.getByTestId('always').isEnabled(), { timeout: 90_000 }).toBe(true);
  await window.approval.getByTestId('always').click({ timeout: 90_000 });
  await page.locator('.monaco-dialog-box').waitFor({ timeout: 90_000 });
  await page.waitForTimeout(1200);
  await window.shots('policy', '1-always');
  expect(readFileSync(file, 'utf8')).toBe(before); // nothing is written before it was seen
  await press(window, 'Write Rule and Approve');
  await window.panel.locator('[data-testid="approval"][data-kind="edit"]').waitFor({ timeout: 120_000 });
  const after = readFileSync(file, 'utf8');
  expect(after.startsWith(before)).toBe(true);
  expect(after).toContain('node test/total.test.mjs');
  // Both flags that reading and running have lit are shown.
  const flags = window.panel.getByTestId('flags');
  await expect.poll(() => flags.getAttribute('data-untrusted'), { timeout: 90_000 }).toBe('true');
  await expect.poll(() => flags.getAttribute('data-outward'), { timeout: 90_000 }).toBe('true');
  await window.answer('edit', 'deny');
  // Loosening counts from the next run: in this one the same command asks again.
  await window.answer('command', 'deny');
  await window.panel.getByTestId('approval').filter({ hasText: 'rm -rf build/' }).waitFor({ timeout: 120_000 });
  await window.answer('command', 'deny');
  await window.state('finished');
  await runFromPalette(window);
  await window.panel.locator('[data-testid="approval"][data-kind="edit"]').waitFor({ timeout: 120_000 });
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
  await window.panel.locator('[data-testid="approval"][data-kind="edit"]').waitFor({ timeout: 120_000 });
  expect(await window.chip('mode')).toContain('1 approval is remembered in this run');
  const grant = window.panel.getByTestId('grant').first();
  await window.panel.getByTestId('mode').click();
  expect(await grant.innerText()).toContain('node test/total.test.mjs, whatever looks at its output');
  await window.shot('policy-grants');
  await window.panel.getByTestId('revoke').first().click();
  await expect
    .poll(() => window.events().some((event) => event.type === 'grant_revoked'), { timeout: 90_000 })
    .toBe(true);
  await window.answer('edit', 'approve');
  await window.answer('command', 'deny'); // the test again: nothing covers it any more
  await window.panel.getByTestId('approval').filter({ hasText: 'rm -rf build/' }).waitFor({ timeout: 120_000 });
  await page.waitForTimeout(800);
  await window.shot('policy-losses');
  expect(await window.approval.innerText()).toMatch(/Takes away build/);
  await window.answer('command', 'deny');
  await window.state('finished');

  await palette('Oversign: Show Effective Policy');
  let read = await window.editor.documentFrame('Effective policy');
  await read.getByText('max_iterations').waitFor({ timeout: 90_000 });
  // Amounts as people write them.
  await read.getByText('sandbox.memory: 2 GiB').waitFor({ timeout: 90_000 });
  await window.shots('policy', '3-effective');
  await palette('Oversign: Try an Action');
  await type(window, 'Try an Action', 'run_command');
  await type(window, 'Try run_command', 'git push --force');
  read = await window.editor.documentFrame('run_command');
  await read.getByText('git push is not known to only look').first().waitFor({ timeout: 90_000 });
  await window.shot('policy-try');
  await window.tree('Edit src/total.mjs');
  const row = window.log.locator('.monaco-list-row', { hasText: 'rm -rf' }).first();
  await row.hover();
  await row.locator('[aria-label^="Explain Decision"]').first().click({ timeout: 90_000 });
  read = await window.editor.documentFrame('Why: Run rm -rf build/');
  await read.getByText('Asks because rm deletes.').first().waitFor({ timeout: 90_000 });
  await window.shots('policy', '4-explain');

  // From the explanation to a rule: shown first, written on the person's word, and then the document leads to it.
  await read.getByText('Make This a Rule…').click();
  const wanted = page.locator('.quick-input-widget .monaco-list-row', { hasText: 'Never allow this' });
  await wanted.click({ timeout: 90_000 });
  await page.locator('.monaco-dialog-box').waitFor({ timeout: 90_000 });
  await page.waitForTimeout(1200);
  await window.shots('policy', '5-rule');
  expect(existsSync(userPolicy(window))).toBe(false);
  await press(window, 'Write Rule');
  await expect.poll(() => existsSync(userPolicy(window)), { timeout: 90_000 }).toBe(true);
  expect(readFileSync(userPolicy(window), 'utf8')).toContain('decision: deny');
  await palette('Oversign: Show Effective Policy');
  read = await window.editor.documentFrame('Effective policy');
  await read
    .getByRole('link', { name: /user policy, policy\.yaml:/ })
    .first()
    .click({ timeout: 90_000 });
  await page.locator('.tab.active', { hasText: 'policy.yaml' }).waitFor({ timeout: 90_000 });
  await page.locator('.view-lines', { hasText: 'rm -rf build/' }).first().waitFor({ timeout: 90_000 });
  await window.shot('policy-followed');
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
  await expect.poll(() => window.chip('policy'), { timeout: 120_000 }).toContain(', with ');
  await window.panel.getByTestId('policy').click();
  await window.panel
    .getByText(/can only tighten until you accept it/)
    .first()
    .waitFor({ timeout: 120_000 });
  await runFromPalette(window);
  await window.answer('command', 'deny'); // its rule does not count yet
  await window.editor.palette('Oversign: Stop the Run');
  await window.state('stopped', 'finished');
  await palette('Oversign: Accept Workspace Policy');
  await page.locator('.monaco-dialog-box').waitFor({ timeout: 90_000 });
  await page.waitForTimeout(1000);
  await window.shot('policy-accept');
  expect(existsSync(join(window.data, 'accepted-policies.json'))).toBe(false);
  await press(window, 'Accept');
  await expect
    .poll(() => window.events().some((event) => event.type === 'policy_accepted'), { timeout: 90_000 })
    .toBe(true);
  await runFromPalette(window);
  await window.panel.locator('[data-testid="approval"][data-kind="edit"]').waitFor({ timeout: 120_000 });
  const decided = window.events().filter((event) => event.type === 'decided');
  expect(decided.at(-2)?.data).toMatchObject({ verdict: 'allow', rule: 'rules: allow node test/total.test.mjs' });
});
