import * as vscode from 'vscode';
import type { RunningRun } from '../core/audit/port.ts';
import { titleOf } from '../shared/cut.ts';
import { withoutIcons } from '../vscode/messages.ts';
import type { Controller } from './controller.ts';

/** *Show Runs in Other Windows*: each run of the account that is at work elsewhere, to be shown here or stopped there. */
export async function showElsewhere(controller: Controller): Promise<void> {
  const { elsewhere } = await controller.session();
  await elsewhere.refresh();
  const picked = await vscode.window.showQuickPick(
    elsewhere.runs.map((run) => ({
      label: withoutIcons(run.task === '' ? run.run : titleOf(run.task, 120)),
      description: withoutIcons(elsewhere.words(run)),
      detail: withoutIcons(run.folder),
      run,
    })),
    {
      title: 'Oversign: Runs in Other Windows and Terminals',
      placeHolder: elsewhere.runs.length === 0 ? 'No run is at work elsewhere.' : 'Which run?',
    },
  );
  if (!picked) return;
  const { run } = picked;
  switch (await whatToDo(run, elsewhere.canShow(run))) {
    case 'show':
      return controller.others.takeOver(run.run);
    case 'stop':
      return controller.others.stop(run.run);
    case undefined:
  }
}

async function whatToDo(run: RunningRun, canShow: boolean): Promise<'show' | 'stop' | undefined> {
  const items = [
    ...(canShow
      ? [{ label: 'Show it here', detail: 'It goes on in this window, and asks here.', does: 'show' as const }]
      : []),
    { label: 'Stop it there', detail: 'It ends, and can be resumed.', does: 'stop' as const },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: withoutIcons(titleOf(run.task, 120)),
    ...(!canShow && { placeHolder: withoutIcons(`To show it, open ${run.folder}.`) }),
  });
  return picked?.does;
}
