import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { FrameLocator, Locator } from 'playwright-core';
import { expect, inject, onTestFinished } from 'vitest';
import { startServer, type Server } from '../../scripts/vscode-server.ts';
import { openEditor, runAgent, type Clip, type Editor, type Theme } from '../support/browser.ts';
import { testPath } from '../support/testPath.ts';
import { temporaryFolder } from '../support/tree.ts';

/** One window of VS Code with the packaged extension, on a copy of the sample workspace. */
export interface Window {
  server: Server;
  editor: Editor;
  folder: string;
  data: string;
  panel: FrameLocator;
  /** The Audit Log, once it was opened: it stands in the side bar, the panel in the secondary one. */
  log: Locator;
  openLog(): Promise<void>;
  /** The one approval that waits. */
  approval: Locator;
  /** Waits for an approval of a kind, brings it into the keyboard's focus, and presses a button of it. */
  answer(kind: string, button: 'approve' | 'approve-and-grant' | 'deny', reason?: string): Promise<void>;
  /** Waits until the run stands in one of these states. */
  state(...states: string[]): Promise<void>;
  /** All that a chip of the panel's first line says. */
  chip(name: string): Promise<string>;
  /** Rows of the audit tree, as a person reads them; with `open`, the row that holds this text is clicked. */
  tree(open?: string): Promise<string[]>;
  /** Types of the log's events in order, with their data. */
  events(): { type: string; data: Record<string, unknown> }[];
  shot(name: string): Promise<void>;
  /** What is in sight in the dark and in the light theme: `STORY-dark-STEP.png` and `STORY-light-STEP.png`. */
  shots(story: string, step: string, of?: { clip: Clip }): Promise<void>;
}

export interface WindowOptions {
  /** Settings of the machine the extension host runs on (Remote Settings): where the model is set. */
  machineSettings?: Record<string, unknown>;
  trust?: boolean;
  /** What is opened, where it is not the sample's folder: a workspace file that is made beside it, say. */
  shown?: (folder: string) => string;
  /** Where extensions are, where they are not those of all tests. */
  extensions?: string;
  env?: Record<string, string>;
  /** What the server is started by. */
  under?: readonly string[];
}

const THEMES = { dark: 'Dark 2026', light: 'Light 2026' } satisfies Record<string, Theme>;

export async function openWindow(options: WindowOptions = {}): Promise<Window> {
  const base = await temporaryFolder();
  const folder = join(base, 'sample');
  cpSync('media/sample', folder, { recursive: true });
  const git = (...args: string[]): void =>
    void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], { cwd: folder });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message=sample');
  const data = join(base, 'data', 'oversign');
  mkdirSync(join(base, 'server', 'user', 'Machine'), { recursive: true });
  writeFileSync(
    join(base, 'server', 'user', 'Machine', 'settings.json'),
    JSON.stringify(options.machineSettings ?? {}),
  );
  const server = await startServer({
    libVscode: inject('libVscode'),
    workDir: join(base, 'server'),
    extensionsDir: options.extensions ?? inject('extensions'),
    trust: options.trust ?? true,
    under: options.under ?? [],
    // The theme is the one of the system's scheme, which the browser can change in an instant.
    settings: {
      'window.autoDetectColorScheme': true,
      'workbench.preferredDarkColorTheme': THEMES.dark,
      'workbench.preferredLightColorTheme': THEMES.light,
    },
    env: {
      PATH: testPath(process.env['PATH'] ?? ''),
      XDG_DATA_HOME: join(base, 'data'),
      XDG_CONFIG_HOME: join(base, 'config'),
      ...options.env,
    },
  });
  onTestFinished(() => server.stop());
  const editor = await openEditor({ server, folder: options.shown?.(folder) ?? folder });
  onTestFinished(() => editor.close());
  const panel = editor.agentFrame();
  const approval = panel.getByTestId('approval').first();
  const shot = async (name: string, clip?: Clip): Promise<void> => {
    mkdirSync('test-results', { recursive: true });
    await editor.screenshot(join('test-results', `${name}.png`), clip);
  };
  const turn = async (theme: keyof typeof THEMES): Promise<void> => {
    await editor.page.emulateMedia({ colorScheme: theme });
    const drawn = `.monaco-workbench.${theme === 'dark' ? 'vs-dark' : 'vs'} .part.statusbar`;
    await editor.page.locator(drawn).waitFor({ timeout: 90_000 });
  };
  const log = editor.page.locator('.part.sidebar .composite.viewlet[id="workbench.view.extension.oversign"]');
  const window: Window = {
    server,
    editor,
    folder,
    data,
    panel,
    log,
    async openLog() {
      if (await log.isVisible()) return;
      await editor.page.locator('.part.activitybar a.action-label[aria-label^="Oversign"]').first().click();
      await log.waitFor({ timeout: 90_000 });
    },
    approval,
    answer: (kind, button, reason) => answerIn(panel, kind, { button, reason }),
    async chip(name) {
      return (await panel.getByTestId(name).getAttribute('aria-label', { timeout: 120_000 })) ?? '';
    },
    state: (...states) => stateIn(panel, ...states),
    async tree(open) {
      await window.openLog();
      const rows = window.log.locator('.monaco-list-row');
      const newest = rows.first();
      await newest.waitFor({ timeout: 90_000 });
      // A run that has ended lies folded in a log that was opened later.
      if ((await newest.getAttribute('aria-expanded')) === 'false') await newest.locator('.monaco-tl-twistie').click();
      await editor.page.waitForTimeout(600);
      const texts = await rows.allInnerTexts();
      if (open !== undefined) await rows.filter({ hasText: open }).first().click();
      return texts.map((text) => text.replace(/\s+/g, ' ').trim());
    },
    events() {
      const file = join(data, 'audit.db');
      if (!existsSync(file)) return [];
      using database = new DatabaseSync(file, { readOnly: true });
      return database
        .prepare('SELECT type, body FROM events ORDER BY seq')
        .all()
        .map((row) => ({
          type: String(row['type']),
          data: (JSON.parse(String(row['body'])) as { data: Record<string, unknown> }).data,
        }));
    },
    shot,
    async shots(story, step, of) {
      await shot(`${story}-dark-${step}`, of?.clip);
      await turn('light');
      await editor.page.waitForTimeout(500); // colours fade over
      await shot(`${story}-light-${step}`, of?.clip);
      await turn('dark');
    },
  };
  // What was in sight when a story failed; such hooks run last one first, so the page is still there.
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await shot(`failed-${task.file.name.split('/').at(-1) ?? ''}`);
  });
  return window;
}

/** Answers as a person does, in the panel of whichever window. */
export async function answerIn(
  panel: FrameLocator,
  kind: string,
  { button, reason }: { button: 'approve' | 'approve-and-grant' | 'deny'; reason?: string | undefined },
): Promise<void> {
  const approval = panel.getByTestId('approval').first();
  await panel.locator(`[data-testid="approval"][data-kind="${kind}"]`).first().waitFor({ timeout: 120_000 });
  // A person looks at the card before they press: the panel arms its buttons only then.
  for (const line of await approval.locator('[data-must-see]').all()) await line.scrollIntoViewIfNeeded();
  if (reason !== undefined) {
    await approval.getByTestId('deny-menu').click({ timeout: 90_000 });
    await approval.getByTestId('deny-reason').fill(reason);
  }
  if (button === 'approve-and-grant') await approval.getByTestId('approve-menu').click({ timeout: 90_000 });
  const pressed = approval.getByTestId(button);
  await expect.poll(() => pressed.isEnabled(), { timeout: 90_000 }).toBe(true);
  await pressed.click({ timeout: 90_000 });
}

/** Waits until the run that a panel shows stands in one of these states. */
export async function stateIn(panel: FrameLocator, ...states: string[]): Promise<void> {
  const selector = states.map((state) => `[data-testid="run-state"][data-state="${state}"]`).join(', ');
  await panel.locator(selector).first().waitFor({ timeout: 120_000 });
}

/** Starts a run as a newcomer does. */
export async function runFromPalette(window: Window, task?: string): Promise<void> {
  await runAgent(window.editor, task);
}
