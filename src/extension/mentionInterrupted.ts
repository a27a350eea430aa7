import * as vscode from 'vscode';
import { plain } from '../vscode/messages.ts';
import type { WindowLog } from '../vscode/windowLog.ts';
import { windowFolders } from './windowSession.ts';

/** The editor has more to do when it has just started. */
const LATER_MS = 1500;
const SHOW = 'Show It';

/** What it needs of its window. */
interface Starting {
  readonly hasTried: boolean;
  readonly log: Pick<WindowLog, 'info' | 'warn'>;
}

/** At a start of the editor: mentions a run of this folder that was interrupted, once. */
export function mentionInterrupted(window: Starting): vscode.Disposable {
  const timer = setTimeout(() => {
    look(window).catch((error: unknown) => {
      // Nobody asked for it; whoever opens the panel is told what is wrong with the log.
      window.log.warn(`The log was not looked into: ${error instanceof Error ? error.message : String(error)}`);
    });
  }, LATER_MS);
  timer.unref();
  return new vscode.Disposable(() => {
    clearTimeout(timer);
  });
}

async function look({ hasTried, log }: Starting): Promise<void> {
  if (hasTried || !vscode.workspace.isTrusted) return; // the panel is open, and shows it
  const folders = windowFolders();
  if (folders.length === 0) return;
  const began = performance.now();
  const words = (await import('./atStart.ts')).interruptedAtStart(folders, process.env);
  log.info(`looked for interrupted runs in ${(performance.now() - began).toFixed(0)} ms`);
  if (words === undefined) return;
  if ((await vscode.window.showInformationMessage(plain(words), SHOW)) === SHOW)
    await vscode.commands.executeCommand('oversign.agent.focus');
}
