import * as vscode from 'vscode';
import type { Engine } from '../core/engine/engine.ts';
import type { Agreement } from '../core/engine/storedRuns.ts';
import { Cancelled } from '../core/outcome.ts';
import { plain } from '../vscode/messages.ts';
import { IN_THIS_WINDOW } from './thisWindow.ts';

/** First in a dialog, so that Enter alone does nothing: dialogs give the focus to their first button. */
const NOT_NOW = 'Not Now';
const GO_ON = 'Go On There';

/** Whether a person agrees that a run goes on in other folders than its own. */
export async function agreesToFolders(words: readonly string[]): Promise<boolean> {
  const said = await vscode.window.showWarningMessage(
    'Go on in other folders than this run began in?',
    { modal: true, detail: plain(words.join(' ')) },
    NOT_NOW,
    GO_ON,
  );
  return said === GO_ON;
}

/** Asks where a run would go on in other folders than its own; throws where that is not agreed to. */
export async function askForFolders(engine: Engine, run: string): Promise<Agreement | undefined> {
  const { isPlain, roots, key, words } = await engine.binding(run);
  if (isPlain || roots.length === 0) return undefined;
  if (!(await agreesToFolders(words))) throw new Cancelled('Nothing was taken over.');
  return { key, from: IN_THIS_WINDOW };
}
