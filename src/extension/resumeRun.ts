import * as vscode from 'vscode';
import type { RunOffer } from '../core/engine/storedRuns.ts';
import { titleOf } from '../shared/cut.ts';
import { withoutIcons } from '../vscode/messages.ts';
import { agreesToFolders } from './askForFolders.ts';
import type { Controller } from './controller.ts';
import type { Session } from './session.ts';

/** Lets a person choose an earlier run and go on with it; in other folders than its own only after a question. */
export async function resumeRun(controller: Controller): Promise<void> {
  const session = await controller.session();
  const offer = await askForRun(await session.resumable());
  if (!offer) return;
  const named = offer.isLost ? await askForFolder(session) : undefined;
  if (offer.isLost && named === undefined) return;
  const { isPlain, key, words } = await session.engine.binding(offer.run, named);
  if (!isPlain && !(await agreesToFolders(words))) return;
  await controller.view.reveal();
  await controller.others.resume(offer.run, isPlain ? undefined : { key, named });
}

async function askForRun(offers: readonly RunOffer[]): Promise<RunOffer | undefined> {
  const picked = await vscode.window.showQuickPick(
    offers.map((offer) => ({
      label: withoutIcons(offer.task === '' ? offer.run : titleOf(offer.task, 120)),
      description: offer.state,
      detail: withoutIcons([offer.reason, whereWords(offer)].join(' ').trim()),
      offer,
    })),
    {
      title: 'Oversign: Resume a Run',
      placeHolder: offers.length === 0 ? 'No run of this folder waits to be resumed.' : 'Which run goes on?',
    },
  );
  return picked?.offer;
}

function whereWords({ isLost, folder, question }: RunOffer): string {
  if (isLost) return `Its folder ${folder} is not there as it was.`;
  return question?.words[0] ?? '';
}

/** Which of the open folders a lost one is. */
async function askForFolder({ roots }: Session): Promise<string | undefined> {
  return roots.length <= 1
    ? roots[0]
    : vscode.window.showQuickPick([...roots], { title: 'Oversign: Which Folder Is It Now?' });
}
