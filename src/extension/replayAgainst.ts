import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { composeReplay } from '../compose.ts';
import { Failure } from '../core/outcome.ts';
import { replayDocument } from '../core/lab/replay/replayDocument.ts';
import { LogReplay, runsOf, type FoundDifference } from '../core/lab/replay/replayLog.ts';
import type { NodeParts } from '../node/engineParts.ts';
import { replayingHere } from '../node/lab/replayingHere.ts';
import type { TextDocuments } from '../vscode/textDocuments.ts';

/** So many runs are replayed where none is named. */
const LAST = 50;
/** More differences are counted, and not kept. */
const MOST_KEPT = 2000;

/** What the window's replay needs of its log and policies; it decides nothing itself. */
export class ReplayDesk {
  readonly #node: NodeParts;

  constructor(node: NodeParts) {
    this.#node = node;
  }

  /** Replays one run, or the last ones, as a document. `policy`: a file in the place of the user's policy. */
  async document(
    { run, policy }: { run?: string | undefined; policy?: string | undefined },
    signal: AbortSignal,
    progress: (runs: number) => void,
  ): Promise<string> {
    const { audit, userPolicy } = this.#node;
    // One that was named must be there; the user's own need not.
    const named = policy ?? (existsSync(userPolicy) ? userPolicy : undefined);
    const here = replayingHere({ environment: process.env, userPolicy: named }, signal);
    const replay = new LogReplay(composeReplay(here, audit));
    const found: FoundDifference[] = [];
    const runs = run === undefined ? runsOf(audit, LAST) : await audit.summaries([run]);
    for await (const one of runs) {
      for await (const difference of replay.run(one)) if (found.length < MOST_KEPT) found.push(difference);
      progress(replay.tally.counts.runs);
    }
    return replayDocument(replay, found, policy ?? userPolicy);
  }
}

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
