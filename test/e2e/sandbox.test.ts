import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openWindow, runFromPalette } from './window.ts';

test('outside the sandbox: the panel says so, the card is red, the log marks it', async () => {
  const window = await openWindow();
  const file = join(dirname(dirname(window.data)), 'config', 'oversign', 'policy.yaml');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, 'sandbox: false\n');
  await runFromPalette(window);
  await window.approval.waitFor({ timeout: 120_000 });
  const warning = window.approval.getByTestId('outside');
  expect(await warning.innerText()).toContain('OUTSIDE THE SANDBOX');
  expect(await window.panel.getByTestId('trouble-sandbox').innerText()).toContain('Commands run OUTSIDE the sandbox.');
  expect(await window.approval.getByTestId('approve-and-grant').count()).toBe(0);
  await window.editor.page.waitForTimeout(1000);
  await window.shots('outside', '1-card');
  await window.answer('command', 'approve');
  await window.panel.locator('[data-testid="approval"][data-kind="edit"]').waitFor({ timeout: 120_000 });
  const started = window.events().filter(({ type, data }) => type === 'started' && data['tool'] === 'run_command');
  expect(started[0]?.data).toMatchObject({ outside: true });
  const rows = await window.tree();
  expect(rows.some((row) => row.includes('OUTSIDE THE SANDBOX'))).toBe(true);
  await window.shots('outside', '2-log');
});

test('in the sandbox: the panel says how it was tested', async () => {
  const window = await openWindow();
  await window.editor.palette('Oversign: Focus on Agent View');
  await window.editor.palette('Oversign: Check the Sandbox');
  await expect
    .poll(() => window.chip('sandbox'), { timeout: 120_000 })
    .toMatch(
      /Sandbox works\. Commands reach no host that is not allowed\. bubblewrap: tested on this machine, (\d+) of \1 attempts to get out held\./,
    );
});

/** The sysctl of namespaces inside one of its own: none may be made in it, until that is set to another number. */
const NONE = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"';
const NONE_ALLOWED = ['unshare', '--user', '--map-root-user', 'bash', '-c', NONE, 'bash'];

test('no user namespaces: what helps is in sight, the demo says what it leaves out, and once helped it works', async () => {
  const window = await openWindow({ under: NONE_ALLOWED });
  const { editor, panel, folder } = window;
  await editor.palette('Oversign: Focus on Agent View');
  const fix = panel.getByTestId('sandbox-fix');
  await expect.poll(() => fix.innerText(), { timeout: 120_000 }).toContain('sudo sysctl -w user.max_user_namespaces');
  expect(await panel.getByTestId('trouble-sandbox').innerText()).toContain('No sandbox: every command is refused.');
  const isInSight = ([seen, all]: Box[]): boolean => (all?.bottom ?? 0) <= (seen?.bottom ?? 0);
  const boxes = await Promise.all([panel.locator('.header'), fix].map((each) => each.evaluate(boxOf)));
  expect(isInSight(boxes), JSON.stringify(boxes)).toBe(true);
  expect(await panel.getByTestId('transcript').innerText()).toContain('Commands are refused until a sandbox works.');
  await editor.page.waitForTimeout(800);
  await window.shots('no-namespaces', '1');

  await runFromPalette(window);
  await window.answer('edit', 'approve');
  await window.state('finished');
  expect(await panel.getByTestId('transcript').innerText()).toMatch(/The tests were not run: this machine cannot/);
  expect(readFileSync(join(folder, 'src/total.sh'), 'utf8')).toContain('price * count');
  expect(window.events().some(({ data }) => data['tool'] === 'run_command')).toBe(false);
  await window.shots('no-namespaces', '2-finished');

  const [host = 0] = window.server.extensionHostPids();
  const help = 'echo 15000 > /proc/sys/user/max_user_namespaces';
  execFileSync('nsenter', ['--user', '--preserve-credentials', '--target', String(host), 'bash', '-c', help]);
  await panel.getByTestId('check-sandbox').click();
  await expect.poll(() => window.chip('sandbox'), { timeout: 120_000 }).toContain('Sandbox works.');
  await expect.poll(() => window.chip('model'), { timeout: 120_000 }).toContain('real sandbox');
  await window.shots('no-namespaces', '3-helped');
});

interface Box {
  bottom: number;
}

function boxOf(element: Element): Box {
  return { bottom: element.getBoundingClientRect().bottom };
}
