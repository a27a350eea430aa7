import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Theme } from '../support/browser.ts';
import { openWindow, runFromPalette } from './window.ts';

const THEMES: [name: string, theme: Theme][] = [
  ['dark', 'Dark 2026'],
  ['light', 'Light 2026'],
];

test.each(THEMES)(
  'outside the sandbox: the panel says so, the card is red, the log marks it (%s)',
  async (name, theme) => {
    const window = await openWindow({ theme });
    const file = join(dirname(dirname(window.data)), 'config', 'oversign', 'policy.yaml');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'sandbox: false\n');
    await runFromPalette(window);
    await window.approval.waitFor({ timeout: 60_000 });
    const warning = window.approval.getByTestId('outside');
    expect(await warning.innerText()).toContain('OUTSIDE THE SANDBOX');
    expect(await window.panel.getByTestId('sandbox').innerText()).toContain('Commands run OUTSIDE the sandbox.');
    expect(await window.approval.getByTestId('approve-and-grant').count()).toBe(0);
    await window.editor.page.waitForTimeout(1000);
    await window.shot(`outside-${name}-1-card`);
    await window.answer('command', 'approve');
    await window.panel.locator('[data-testid="approval"][data-kind="edit"]').waitFor({ timeout: 60_000 });
    const started = window.events().filter(({ type, data }) => type === 'started' && data['tool'] === 'run_command');
    expect(started[0]?.data).toMatchObject({ outside: true });
    const rows = await window.tree();
    expect(rows.some((row) => row.includes('OUTSIDE THE SANDBOX'))).toBe(true);
    await window.shot(`outside-${name}-2-log`);
  },
);

test('in the sandbox: the panel says how it was tested', async () => {
  const window = await openWindow();
  await window.editor.palette('Oversign: Focus on Agent View');
  await window.editor.palette('Oversign: Check the Sandbox');
  await expect
    .poll(() => window.panel.getByTestId('sandbox').innerText(), { timeout: 60_000 })
    .toMatch(/Sandbox works\. bubblewrap: tested on this machine, (\d+) of \1 attempts to get out held\./);
});
