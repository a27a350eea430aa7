import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startServer, type Server } from '../../scripts/vscode-server.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { openEditor, runAgent, type Editor } from './browser.ts';
import {
  AFTERWARDS,
  hasCome,
  leftProblems,
  openProblems,
  plant,
  plantWork,
  READY,
  recordOf,
  scriptOf,
  shape,
  UNASKED,
  type Phase,
} from './endingWorld.ts';
import { openAiServer } from './openAiServer.ts';
import { within } from './processes.ts';
import { testPath } from './testPath.ts';

const LONG = 60_000;

/** What ends a window, and how the log has it then: what goes with the window is interrupted, a crash is seen to elsewhere. */
export const WINDOW_ENDINGS = {
  'window-closed': { type: 'interrupted', said: 'the window was closed or reloaded' },
  'window-reload': { type: 'interrupted', said: 'the window was closed or reloaded' },
  'window-crashed': { type: 'run_finished', said: 'the window “' },
  'window-killed': { type: 'interrupted', said: 'the process that owned it is gone' },
} as const;
export type WindowHow = keyof typeof WINDOW_ENDINGS;

export interface WindowEnded {
  phase: Phase;
  how: WindowHow;
  record: string;
  problems: string[];
}

/** The editor, and the folder in which the packaged extension is installed. */
export interface Installed {
  libVscode: string;
  extensionsDir: string;
}

/** Ends a window with the extension in a way, at a phase, and looks at what is left. */
export async function playWindowEnding(installed: Installed, phase: Phase, how: WindowHow): Promise<WindowEnded> {
  const [base = '', workDir = ''] = await Promise.all(
    ['oversign-ending-', 'oversign-editor-'].map(async (name) => realpath(await mkdtemp(join(tmpdir(), name)))),
  );
  const model = await openAiServer(scriptOf(phase), { apiKey: '' });
  const isUnasked = phase === 'command' || phase === 'writing';
  plantWork(base, isUnasked ? { 'config/oversign/policy.yaml': UNASKED } : {});
  const server = await serverFor(base, { ...installed, workDir, url: model.url });
  const editors: Editor[] = [];
  try {
    const first = await openEditor({ server, folder: join(base, 'work') });
    editors.push(first);
    await runAgent(first, 'do it');
    await come(phase, base, first);
    await end(how, first, server);
    if (how === 'window-killed') await pause(1500); // what comes now is later, also by a file system's clock
    plant(base, AFTERWARDS);
    if (how === 'window-crashed') editors.push(await stopThere(server, base));
    const problems = (await within(LONG, () => hasEnded(recordOf(base)))) ? [] : ['the run has no end'];
    if (!(await within(LONG, () => surveysIn(base).length === 0))) problems.push('nobody looked at what was left');
    if (!(await within(10_000, () => commandsIn(base).length === 0)))
      problems.push(`commands are left: ${commandsIn(base).join(', ')}`);
    await server.stop(); // with its log closed, as after every window
    const events = recordOf(base);
    problems.push(...endProblems(events, how), ...openProblems(events), ...(await leftProblems(base)));
    return { phase, how, record: shape(events), problems };
  } catch (error) {
    return { phase, how, record: '', problems: [String(error)] };
  } finally {
    for (const { page } of editors) await page.context().browser()?.close();
    await server.stop();
    await model.close();
    for (const folder of [base, workDir]) rmSync(folder, { recursive: true, force: true });
  }
}

async function serverFor(
  base: string,
  { libVscode, extensionsDir, workDir, url }: Installed & { workDir: string; url: string },
): Promise<Server> {
  const settings = {
    'oversign.model.provider': 'openai',
    'oversign.model.name': 'm',
    'oversign.model.baseUrl': url,
  };
  mkdirSync(join(workDir, 'user', 'Machine'), { recursive: true });
  writeFileSync(join(workDir, 'user', 'Machine', 'settings.json'), JSON.stringify(settings));
  return startServer({
    ...{ libVscode, extensionsDir, workDir, settings: {} },
    env: {
      PATH: testPath(process.env['PATH'] ?? ''),
      HOME: join(base, 'home'),
      XDG_DATA_HOME: join(base, 'data'),
      XDG_CONFIG_HOME: join(base, 'config'),
    },
  });
}

async function come(phase: Phase, base: string, editor: Editor): Promise<void> {
  const panel = editor.agentFrame();
  if (phase === 'streaming') await panel.getByText('I think').first().waitFor({ timeout: LONG });
  if (phase === 'question') await panel.getByTestId('approval').first().waitFor({ timeout: LONG });
  const until = performance.now() + LONG;
  while (!hasCome(phase, base)) {
    if (performance.now() > until) throw new Error(`${READY[phase].join(' and ')} never came`);
    await pause(1); // the middle of a write is short
  }
}

async function end(how: WindowHow, { page }: Editor, server: Server): Promise<void> {
  switch (how) {
    case 'window-closed':
      await page.close();
      return;
    case 'window-reload':
      await page.reload();
      return;
    case 'window-crashed':
      await crash(page);
      return;
    case 'window-killed':
      for (const pid of server.extensionHostPids()) process.kill(pid, 'SIGKILL');
  }
}

/** The tab's own process dies, without a word to anybody. */
export async function crash(page: Editor['page']): Promise<void> {
  const crashed = new Promise((resolve) => page.once('crash', resolve));
  page.goto('chrome://crash').catch(() => undefined);
  await crashed;
}

/** In a window that is opened anew: the run is there to be seen, and is stopped where it is. */
async function stopThere(server: Server, base: string): Promise<Editor> {
  const editor = await openEditor({ server, folder: join(base, 'work') });
  await editor.palette('Oversign: Focus on Agent View');
  await editor.agentFrame().getByTestId('stop-elsewhere').click({ timeout: LONG });
  return editor;
}

/** What stood there before commands that nobody has finished yet. */
function surveysIn(base: string): string[] {
  const folder = join(base, 'data', 'oversign', 'surveys');
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
}

function hasEnded(events: readonly AuditRecord[]): boolean {
  return lastEnd(events) !== undefined;
}

function lastEnd(events: readonly AuditRecord[]): AuditRecord | undefined {
  return events.findLast(
    ({ type, action }) => type === 'run_finished' || (type === 'interrupted' && action === undefined),
  );
}

function endProblems(events: readonly AuditRecord[], how: WindowHow): string[] {
  const last = lastEnd(events);
  const { type, said } = WINDOW_ENDINGS[how];
  const text = JSON.stringify([last?.data, last?.payload]);
  return last?.type === type && text.includes(said) ? [] : [`it ended as ${last?.type ?? 'nothing'}: ${text}`];
}

/** Processes that work in the workspace, by their command lines. */
function commandsIn(base: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      return /^\d+$/.test(pid) && line.includes(join(base, 'work')) && !line.includes('server-main');
    } catch {
      return false; // it ended meanwhile
    }
  });
}
