import * as vscode from 'vscode';
import { Failure } from '../core/outcome.ts';
import type { Image } from '../core/models/images.ts';
import type { Model } from '../core/models/port.ts';
import { askingToHandOver } from './askHandOver.ts';
import { noFolderWords } from './folderNotes.ts';
import type { OtherRuns } from './otherRuns.ts';
import type { SentTo } from './sending.ts';
import type { Session } from './session.ts';

/** What sending needs of its window. */
interface SendingWindow {
  readonly others: OtherRuns;
  session(): Promise<Session>;
  /** The session over the folders of now. */
  fresh(): Promise<Session>;
  look(): Promise<void>;
  model(session: Session): Promise<Model>;
}

/** Starts a run with a task, goes on with one, or says something to the present one. */
export async function sendTask(
  text: string,
  { run: meant, fork }: SentTo,
  images: readonly Image[],
  window: SendingWindow,
): Promise<void> {
  if (!vscode.workspace.isTrusted)
    throw new Failure('Runs start only in a trusted workspace. Use "Workspaces: Manage Workspace Trust".');
  if (fork !== undefined) return window.others.fork(fork, text, images);
  const present = await window.session();
  if (present.engine.isWorking) return present.engine.say(text, images);
  // A run keeps the folders that it began with; a new one begins in those of now.
  const session = meant === undefined ? await window.fresh() : present;
  if (session.folder === undefined) throw new Failure(noFolderWords(session.leftOut));
  if (meant === undefined) await session.elsewhere.refuseBeside();
  await window.look();
  await askingToHandOver(async (agreed) => {
    await session.send(text, await window.model(session), meant === undefined ? meant : { run: meant, agreed }, images);
  });
}
