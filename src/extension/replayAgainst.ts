import * as vscode from 'vscode';
import { Failure } from '../core/outcome.ts';
import type { ReplayDesk } from './replayDesk.ts';
import type { TextDocuments } from '../vscode/textDocuments.ts';

interface ReplayWindow {
  readonly documents: TextDocuments;
  session(): Promise<{ readonly replay: ReplayDesk }>;
}

const NOW = 'The policies as they are now';
const FILE = 'A policy file…';

/** *Replay Against…*: which policy, then the document; it can be stopped. */
export async function replayAgainst(window: ReplayWindow, run: string | undefined): Promise<void> {
  const { replay } = await window.session();
  const picked = await vscode.window.showQuickPick([FILE, NOW], {
    title: 'Oversign: Replay Against',
    placeHolder: 'What would have been asked and stopped? Nothing is done.',
  });
  if (picked === undefined) return;
  const policy = picked === FILE ? await askForFile() : undefined;
  if (picked === FILE && policy === undefined) return;
  const text = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Oversign: replaying', cancellable: true },
    async (progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => {
        stop.abort();
      });
      try {
        return await replay.document({ run, policy }, stop.signal, (runs) => {
          progress.report({ message: `${runs} runs` });
        });
      } catch (error) {
        if (stop.signal.aborted) return undefined;
        throw error;
      }
    },
  );
  if (text !== undefined) await window.documents.showReadable(`replay-${run ?? 'last'}`, 'Replay', text);
}

async function askForFile(): Promise<string | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: 'Oversign: Replay Against',
      openLabel: 'Replay Against',
      filters: { 'Policy files': ['yaml', 'yml'] },
    })) ?? [];
  if (file && file.scheme !== 'file') throw new Failure('The policy has to be a file on this machine.');
  return file?.fsPath;
}
