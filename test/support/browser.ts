/** A real browser on a VS Code server's page: what a person sees and clicks. */
import { chromium } from 'playwright-core';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { pathOf } from '../../scripts/machine/look.ts';
import { lineFor } from '../../src/shared/packageManagers.ts';
import { CHROMIUM } from '../../src/shared/systemPackages.ts';
import type { Payload, Server } from '../../scripts/vscode-server.ts';

/** Names of `workbench.colorTheme` that VS Code ships. */
export type Theme = 'Dark 2026' | 'Light 2026' | 'Default High Contrast' | 'Default High Contrast Light';

export interface EditorOptions {
  readonly server: Server;
  /** The workspace folder, an absolute path. */
  readonly folder: string;
  readonly payload?: Payload;
  /** Becomes the server's setting, for every window. */
  readonly theme?: Theme;
}

export interface Editor {
  readonly page: Page;
  /** Runs a command by the title the command palette shows, such as `View: Toggle Output`. */
  palette(commandTitle: string): Promise<void>;
  /** The content of the visible webview view: VS Code puts it two frames down. */
  agentFrame(): FrameLocator;
  screenshot(path: string): Promise<void>;
  /** Reloads the window, which ends its extension host, and waits for the new one's workbench. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Opens `folder` in a fresh headless browser and waits until the workbench is up (about 4 s). */
export async function openEditor({ server, folder, payload, theme }: EditorOptions): Promise<Editor> {
  if (theme !== undefined) await server.changeSettings({ 'workbench.colorTheme': theme });
  return openAddress(server.url(folder, payload));
}

/** Opens the address that a server has printed, as a person does. */
export async function openAddress(address: string): Promise<Editor> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' });
    await page.goto(address);
    await workbenchUp(page);
    return editorOn(browser, page);
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/**
 * The system's Chromium, or the one OVERSIGN_CHROMIUM names. Its own sandbox stays on
 * except for root, for whom Chromium refuses it, and where the kernel denies it.
 *
 * @throws when there is none; the message names the command that installs it.
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = pathOf(CHROMIUM);
  if (executablePath === undefined)
    throw new Error(
      `Chromium is not installed. Install it: ${lineFor([CHROMIUM], 'apt', { isRoot: true, hasSudo: false })}`,
    );
  const launch = (chromiumSandbox: boolean): Promise<Browser> =>
    chromium.launch({ executablePath, args: flags, chromiumSandbox });
  if (process.getuid?.() === 0) return launch(false);
  return launch(true).catch((error: unknown) => {
    if (String(error).includes('No usable sandbox')) return launch(false);
    throw error;
  });
}

function editorOn(browser: Browser, page: Page): Editor {
  return {
    page,
    palette: (commandTitle) => runFromPalette(page, commandTitle),
    agentFrame: () => page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame'),
    screenshot: async (path) => {
      await page.screenshot({ path });
    },
    reload: async () => {
      await page.reload();
      await workbenchUp(page);
    },
    close: async () => {
      // Leaving the page says goodbye to the server, which then ends the extension host at once.
      await page.goto('about:blank').catch(() => undefined); // a page that crashed goes nowhere
      await browser.close();
    },
  };
}

/**
 * The theme comes from an extension: once it shows, extensions are known and
 * screenshots have their colours. Extensions themselves may still be starting.
 */
async function workbenchUp(page: Page): Promise<void> {
  await page.locator('.monaco-workbench[class*="vscode-theme-"] .part.statusbar').waitFor({ timeout: 60_000 });
}

/** A command of an extension that is still being loaded is not in the list yet: opens the list again until it is. */
async function runFromPalette(page: Page, commandTitle: string): Promise<void> {
  const row = page
    .locator('.quick-input-list .monaco-list-row')
    .filter({ has: page.getByText(commandTitle, { exact: true }) })
    .first();
  const deadline = Date.now() + 30_000;
  for (;;) {
    await openPalette(page, commandTitle);
    try {
      await row.click({ timeout: 1000 });
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** Starts a run as a newcomer does: from the palette, with the task typed into the box that opens, or the one in it. */
export async function runAgent(editor: Editor, task?: string): Promise<void> {
  const { page } = editor;
  await editor.palette('Oversign: Run Agent');
  const input = page.locator('.quick-input-widget input.input');
  await page.locator('.quick-input-title', { hasText: 'Run Agent' }).waitFor({ timeout: 30_000 });
  if (task !== undefined) await input.fill(task);
  await page.keyboard.press('Enter');
}

async function openPalette(page: Page, text: string): Promise<void> {
  // A focused webview keeps the keys to itself: leave it first.
  await page.locator('.part.titlebar').click({ position: { x: 2, y: 2 } });
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input.input');
  await input.waitFor();
  await input.fill(`>${text}`);
}
