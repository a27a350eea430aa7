/** A real browser on a VS Code server's page: what a person sees and clicks. */
import { chromium } from 'playwright-core';
import type { Browser, Frame, FrameLocator, Page } from 'playwright-core';
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
  /** The content of the document with this heading, in a tab; from then on the other frame is the view's. */
  documentFrame(heading: string): Promise<FrameLocator>;
  /** `clip`: a part of it alone. */
  screenshot(path: string, clip?: Clip): Promise<void>;
  /** Another window of the same editor: it shares what the editor keeps. */
  another(address: string): Promise<Editor>;
  /** Reloads the window, which ends its extension host, and waits for the new one's workbench. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** VS Code does not tell the frames of views and of documents apart: those of documents get this mark here. */
const OF_A_DOCUMENT = '[data-is-document]';

export interface Clip {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What Playwright switches off (a second switch replaces its own), and the browser's own pages that wait beside each page. */
const WITHOUT = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'PreloadTopChromeWebUI',
  'PreloadTopChromeWebUILessNavigations',
  'ThirdPartyStoragePartitioning',
  'WebUIPreload',
];

const flags = [
  `--disable-features=${WITHOUT.join(',')}`,
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
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' });
    const page = await context.newPage();
    await comeTo(page, address);
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
    agentFrame: () =>
      page
        .frameLocator(`iframe.webview.ready[src*="extensionId=oversign.oversign"]:not(${OF_A_DOCUMENT})`)
        .frameLocator('iframe#active-frame'),
    documentFrame: async (heading) => {
      const until = Date.now() + 90_000;
      while (!(await markDocument(page, heading)) && Date.now() < until) await page.waitForTimeout(200);
      return page.frameLocator(`iframe.webview.ready${OF_A_DOCUMENT}`).frameLocator('iframe#active-frame');
    },
    screenshot: async (path, clip) => {
      await page.screenshot({ path, ...(clip && { clip }) });
    },
    another: async (address) => {
      const other = await page.context().newPage();
      await comeTo(other, address);
      return editorOn(browser, other);
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

function headings(frame: Frame, hasText: string): Promise<number> {
  return frame
    .locator('body > main h1', { hasText })
    .count()
    .catch(() => 0); // a frame that goes away has none
}

/** Marks the frame of the document that is open, which is two frames up from its text; false where there is none. */
async function markDocument(page: Page, heading: string): Promise<boolean> {
  for (const frame of page.frames()) {
    const isDocument = (await headings(frame, heading)) > 0;
    const outer = isDocument ? await frame.parentFrame()?.frameElement() : undefined;
    if (!outer) continue;
    await outer.evaluate((element) => {
      (element as Element).setAttribute('data-is-document', '');
    });
    return true;
  }
  return false;
}

/** The limit is there to end a hang: a busy machine takes its time to send the editor. */
async function comeTo(page: Page, address: string): Promise<void> {
  await page.goto(address, { waitUntil: 'commit', timeout: 120_000 });
  await workbenchUp(page);
}

/**
 * The theme comes from an extension: once it shows, extensions are known and
 * screenshots have their colours. Extensions themselves may still be starting.
 */
async function workbenchUp(page: Page): Promise<void> {
  await page.locator('.monaco-workbench[class*="vscode-theme-"] .part.statusbar').waitFor({ timeout: 120_000 });
}

/**
 * A command of an extension that is still being loaded is not in the list yet, and a window that is being restored may
 * close the list again: opens it until the command is there.
 */
async function runFromPalette(page: Page, commandTitle: string): Promise<void> {
  const row = page
    .locator('.quick-input-list .monaco-list-row')
    .filter({ has: page.getByText(commandTitle, { exact: true }) })
    .first();
  const deadline = Date.now() + 120_000;
  for (;;) {
    try {
      await openPalette(page, commandTitle);
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
  await page.locator('.quick-input-title', { hasText: 'Run Agent' }).waitFor({ timeout: 90_000 });
  if (task !== undefined) await input.fill(task);
  await page.keyboard.press('Enter');
  // On a busy machine a key can come before the box listens to it.
  const box = page.locator('.quick-input-widget');
  for (let time = 0; time < 3 && task !== undefined; time += 1)
    if (
      await box.waitFor({ state: 'hidden', timeout: 5000 }).then(
        () => true,
        () => false,
      )
    )
      break;
    else await input.press('Enter');
}

async function openPalette(page: Page, text: string): Promise<void> {
  // A focused webview keeps the keys to itself: leave it first.
  await page.locator('.part.titlebar').click({ position: { x: 2, y: 2 } });
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input.input');
  await input.waitFor({ timeout: 5000 });
  await input.fill(`>${text}`, { timeout: 5000 });
}
