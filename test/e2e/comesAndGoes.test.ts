import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test, vi } from 'vitest';
import { installExtension, uninstallExtension } from '../../scripts/install-server.ts';
import { temporaryFolder } from '../support/tree.ts';
import { setKey, windowWithStory } from './story.ts';
import { runFromPalette } from './window.ts';

vi.setConfig({ testTimeout: 480_000 }); // two packages and four reloads: it ends a hang, and nothing else

/** The same extension under another version, as an upgrade brings it. */
function otherVersion(of: string, version: string, base: string): string {
  const folder = join(base, 'unpacked');
  cpSync(of, folder, { recursive: true });
  const file = join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  delete manifest['__metadata'];
  writeFileSync(file, JSON.stringify({ ...manifest, version, scripts: {} }));
  const vsix = join(base, `other-${version}.vsix`);
  execFileSync(
    process.execPath,
    [
      join(process.cwd(), 'node_modules/@vscode/vsce/vsce'),
      'package',
      ...['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', vsix],
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  return vsix;
}

test('upgraded while a command runs, uninstalled while a question waits, put back older: nothing is lost, the log is whole', async () => {
  const base = await temporaryFolder();
  const extensions = join(base, 'extensions');
  mkdirSync(extensions);
  const libVscode = inject('libVscode');
  const original = readdirSync(inject('extensions')).find((name) => name.startsWith('oversign.oversign-')) ?? '';
  const installed = join(inject('extensions'), original);
  const [older, newer] = ['0.0.9', '0.9.0'].map((version) => otherVersion(installed, version, join(base, version))) as [
    string,
    string,
  ];
  await installExtension(libVscode, older, extensions);
  const window = await windowWithStory(
    [
      {
        text: 'One.',
        calls: [{ name: 'run_command', args: { command: 'touch begun.txt; sleep 63; touch late.txt' } }],
      },
      { text: 'Two.', calls: [{ name: 'write_file', args: { path: 'later.txt', content: 'later\n' } }] },
    ],
    0,
    { extensions },
  );
  const { editor, folder, panel } = window;
  const verified = (): { status: number | null; words: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(installed, 'dist/cli.js'), 'verify'], {
      env: { ...process.env, XDG_DATA_HOME: join(window.data, '..'), XDG_CONFIG_HOME: join(base, 'config') },
      encoding: 'utf8',
    });
    return { status, words: `${stdout}${stderr}` };
  };
  /** Once whoever wrote last has signed it, which comes a moment after. */
  const whole = async (): Promise<string> => {
    let last = verified();
    await expect.poll(() => (last = verified()).status, { timeout: 60_000, interval: 2000 }).not.toBe(5);
    const { status, words } = last;
    expect(status, words).toBe(0);
    return words;
  };

  // Active: a command runs while the extension is upgraded under it.
  await runFromPalette(window, 'Go on through all of this');
  await window.answer('command', 'approve');
  await expect.poll(() => existsSync(join(folder, 'begun.txt')), { timeout: 120_000 }).toBe(true);
  await installExtension(libVscode, newer, extensions);
  await editor.reload();
  await editor.palette('Oversign: Focus on Agent View');
  await panel.getByTestId('interrupted').waitFor({ timeout: 90_000 });
  expect(existsSync(join(folder, 'late.txt'))).toBe(false);
  expect(await whole()).toMatch(/whole/i);

  // Waiting: a question is open while it is uninstalled.
  await setKey(window);
  await panel.getByTestId('resume').click();
  await window.approval.waitFor({ timeout: 120_000 });
  const before = window.events().length;
  await uninstallExtension(libVscode, 'oversign.oversign', extensions);
  await editor.reload();
  await expect.poll(() => window.events().length, { timeout: 120_000 }).toBeGreaterThan(before);
  expect(readdirSync(window.data)).toContain('audit.db');
  expect(await whole()).toMatch(/whole/i);
  expect(existsSync(join(folder, 'later.txt'))).toBe(false);

  // Put back, and an older one: what the newer one wrote is read, and goes on.
  await installExtension(libVscode, older, extensions);
  await editor.reload();
  await editor.palette('Oversign: Focus on Agent View');
  await panel.getByTestId('interrupted').waitFor({ timeout: 90_000 });
  const starts = window.events().filter(({ type }) => type === 'run_started');
  expect(starts).toHaveLength(1);
  await setKey(window);
  await panel.getByTestId('resume').click();
  await window.answer('edit', 'approve');
  await window.state('finished');
  expect(readFileSync(join(folder, 'later.txt'), 'utf8')).toBe('later\n');

  // Idle: gone once more, with nothing at work.
  await uninstallExtension(libVscode, 'oversign.oversign', extensions);
  await editor.reload();
  expect(await whole()).toMatch(/whole/i);
});
