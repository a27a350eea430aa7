#!/usr/bin/env node
/**
 * Stands in for desktop VS Code where @vscode/test-electron starts an editor:
 * takes the same flags, runs the same suite in the extension host of a VS Code
 * server with a headless browser on it, and exits with the suite's code.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { installServer, linkExtension } from '../../scripts/install-server.ts';
import { startServer } from '../../scripts/vscode-server.ts';
import { launchChromium } from '../support/browser.ts';

const suiteLimitMs = 15 * 60_000;

/** What every window of this server logs: its connection, its own stack traces, native modules it was built without. */
const windowNoise = new RegExp(
  [
    String.raw`^(Resolv(ing|ed) connection token|Creating a socket|Ignoring fetching|Updating additional)`,
    String.raw`^\[(remote-connection|reconnection-grace-time|AgentHost|AccountPolicyGate|Service Worker)`,
    String.raw`^(CloseEvent$|DialogService: Dialog requested|No search provider registered)`,
    String.raw`^Error: (Could not locate the bindings file|Cannot find module '\./build/Release/watchdog')`,
    '/static/out/vs/code/browser/workbench/',
  ].join('|'),
);

const { values, positionals } = parseArgs({
  // VS Code has many more flags, none of which matters to the server.
  strict: false,
  options: {
    extensionDevelopmentPath: { type: 'string', multiple: true },
    extensionTestsPath: { type: 'string' },
    'user-data-dir': { type: 'string' },
  },
});

process.exitCode = await run({
  extensions: (values.extensionDevelopmentPath ?? []).filter((one) => typeof one === 'string'),
  suite: required('extensionTestsPath'),
  settings: await readSettings(required('user-data-dir')),
  workspace: positionals[0] ?? process.cwd(),
});

async function run({ extensions, suite, settings, workspace }: Suite): Promise<number> {
  const libVscode = await installServer();
  const workDir = await mkdtemp(path.join(tmpdir(), 'oversign-host-'));
  try {
    // A server loads one extension under development; the others are there as if they were installed.
    const [extension = '', ...others] = extensions;
    for (const other of others) await linkExtension(other, path.join(workDir, 'extensions'));
    const server = await startServer({ libVscode, workDir, settings, driver: true });
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      const code = exitCode(page);
      await page.goto(server.url(workspace, server.development(extension, suite)));
      return await code;
    } finally {
      await browser.close();
      await server.stop();
    }
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/** What VS Code reports when the suite's `run()` has ended; 1 when it does not end in time or the page dies. */
function exitCode(page: Page): Promise<number> {
  printConsole(page);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      giveUp(`The suite did not end within ${String(suiteLimitMs / 1000)} s.`);
    }, suiteLimitMs);
    const giveUp = (reason: string): void => {
      clearTimeout(timer);
      console.error(reason);
      resolve(1);
    };
    page.once('crash', () => {
      giveUp('The browser page crashed.');
    });
    const report = (code: number): void => {
      clearTimeout(timer);
      resolve(code);
    };
    page.exposeFunction('codeAutomationExit', report).catch(reject);
  });
}

/** Prints what the extension host says; the window prints it among its own log, as `%c INFO color: #33f text`. */
function printConsole(page: Page): void {
  page.on('console', (message) => {
    const said = /^%c +(?:INFO|WARN|ERR) color: #\w+ ([\s\S]*)$/.exec(message.text())?.[1];
    if (said !== undefined && !windowNoise.test(said)) console.log(said);
  });
}

async function readSettings(userDataDir: string): Promise<Record<string, unknown>> {
  const file = path.join(userDataDir, 'User', 'settings.json');
  return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
}

function required(name: keyof typeof values): string {
  const value = values[name];
  if (typeof value !== 'string') throw new Error(`--${name} is missing`);
  return value;
}

interface Suite {
  readonly extensions: readonly string[];
  readonly suite: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly workspace: string;
}
