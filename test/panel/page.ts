import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import type { FromPanel } from '../../src/shared/protocol.ts';
import type { PanelState } from '../../src/shared/runView.ts';
import { launchChromium } from '../support/browser.ts';
import themes from '../fixtures/panelThemes.json' with { type: 'json' };

export const THEMES = Object.keys(themes) as (keyof typeof themes)[];
export type PanelTheme = keyof typeof themes;

/** The panel's own page, as it is shipped, in a browser: the editor's colours around it, and the test in the place of the extension. */
export interface Panel {
  readonly page: Page;
  readonly show: (state: PanelState) => Promise<void>;
  /** What the panel has said so far. */
  readonly said: () => Promise<FromPanel[]>;
}

/** Serves the panel that was built into a folder; `url` says for which theme. */
async function servePanel(folder: string): Promise<{ url(theme: PanelTheme): string; close(): void }> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/') {
      const theme = themes[(url.searchParams.get('theme') ?? 'dark') as PanelTheme];
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(pageOf(theme));
      return;
    }
    const type = { js: 'text/javascript', css: 'text/css', ttf: 'font/ttf' }[url.pathname.split('.').at(-1) ?? ''];
    try {
      response.setHeader('content-type', type ?? 'application/octet-stream');
      response.end(readFileSync(join(folder, url.pathname.slice(1))));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (theme) => `http://127.0.0.1:${port}/?theme=${theme}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function pageOf({ body, variables, styles }: (typeof themes)[PanelTheme]): string {
  const colours = Object.entries(variables).map(([name, value]) => `${name}: ${value};`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Oversign</title>
<style>html { ${colours.join(' ')} } body { background: var(--vscode-sideBar-background); } ${styles}</style>
<link rel="stylesheet" href="/webview.css"></head><body class="${body}"><div id="root"></div><script>
globalThis.said = []; let kept = JSON.parse(sessionStorage.getItem('kept') ?? 'null') ?? undefined;
globalThis.acquireVsCodeApi = () => ({ postMessage: (m) => said.push(m), getState: () => kept, setState: (s) => { kept = s; sessionStorage.setItem('kept', JSON.stringify(s)); } });
</script><script type="module" src="/webview.js"></script></body></html>`;
}

/**
 * A browser and the served page for the tests of a file; what it returns opens a page of its own. `build`: makes another
 * panel than the one that is shipped, and says in which folder it is.
 */
export function panelPages(
  build: () => Promise<string> = () => Promise.resolve('dist'),
): (theme: PanelTheme, size: { width: number; height: number; scale?: number }) => Promise<Panel> {
  let browser: Browser;
  let served: Awaited<ReturnType<typeof servePanel>>;
  beforeAll(async () => {
    [browser, served] = await Promise.all([launchChromium(), build().then(servePanel)]);
  });
  afterAll(async () => {
    await browser.close();
    served.close();
  });
  return (theme, size) => openPanel(browser, served.url(theme), size);
}

async function openPanel(
  browser: Browser,
  address: string,
  { width, height, scale = 1 }: { width: number; height: number; scale?: number },
): Promise<Panel> {
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: scale });
  await page.goto(address);
  let number = 0;
  return {
    page,
    show: async (state) => {
      const { run, ...rest } = state;
      const { entries = [], entriesBefore = 0, ...head } = run ?? {};
      number += 1;
      const update = {
        ...{ type: 'update', number, begins: true, head: { ...rest, ...(run && { run: head }) } },
        ...(run && {
          entries: {
            ...{ run: run.id, before: entriesBefore, end: entriesBefore + entries.length },
            changes: entries.map((entry, index) => ({ kind: 'whole', number: entriesBefore + index, entry })),
          },
        }),
      };
      await page.evaluate((message) => {
        window.postMessage(message, '*');
      }, update);
      await page.waitForFunction((one) => (globalThis as unknown as Said).said.some((m) => m.number === one), number);
    },
    said: () => page.evaluate(() => (globalThis as unknown as { said: FromPanel[] }).said),
  };
}

interface Said {
  said: { type: string; number?: number }[];
}
