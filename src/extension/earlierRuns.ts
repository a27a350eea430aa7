import * as vscode from 'vscode';
import type { RunSummary } from '../shared/auditEvent.ts';
import { withoutIcons } from '../vscode/messages.ts';
import type { TextDocuments } from '../vscode/textDocuments.ts';
import { figures, runName, whenWords } from './earlierLines.ts';
import type { Faults } from './faults.ts';
import { titleOf } from './runTitle.ts';
import type { OtherRuns } from './otherRuns.ts';
import type { Session } from './session.ts';
import { THIS_WINDOW } from './thisWindow.ts';

/** What it needs of its window. */
interface ShownIn {
  readonly documents: TextDocuments;
  readonly faults: Pick<Faults, 'tell'>;
  session(): Promise<Session>;
  readonly others: Pick<OtherRuns, 'show'>;
}

interface Row extends vscode.QuickPickItem {
  run: RunSummary;
}

/** So many runs are listed, beside those that are pinned. */
const MOST = 500;
const PIN = { iconPath: new vscode.ThemeIcon('pin'), tooltip: 'Keep at the top' };
const UNPIN = { iconPath: new vscode.ThemeIcon('pinned'), tooltip: 'Keep at the top no more' };
const RENAME = { iconPath: new vscode.ThemeIcon('edit'), tooltip: 'Rename' };
const REPORT = { iconPath: new vscode.ThemeIcon('file-text'), tooltip: 'Open the report' };

/** Lets a person search the earlier runs of this folder, name and pin them, and choose one to look at and go on with. */
export async function showRuns(window: ShownIn): Promise<void> {
  const session = await window.session();
  const pick = vscode.window.createQuickPick<Row>();
  pick.title = 'Oversign: Earlier Runs';
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  const fill = async (): Promise<void> => {
    pick.items = (await session.earlier(MOST)).map(rowOf);
    pick.placeholder =
      pick.items.length === 0 ? 'No run of this folder has ended yet.' : 'Which run do you want to see?';
  };
  pick.busy = true;
  pick.show();
  const done = new Promise<RunSummary | undefined>((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.run);
    });
    pick.onDidHide(() => {
      resolve(undefined);
    });
    pick.onDidTriggerItemButton(({ button, item: { run } }) => {
      if (button === REPORT)
        reported(window, run).catch((error: unknown) => {
          window.faults.tell(error);
        });
      else if (button === RENAME) {
        // It takes the place of this list.
        renamed(window, run).catch((error: unknown) => {
          window.faults.tell(error);
        });
      } else
        session.engine
          .label(run.run, { pinned: button === PIN }, THIS_WINDOW)
          .then(fill)
          .catch((error: unknown) => {
            window.faults.tell(error);
          });
    });
  });
  try {
    await fill();
    pick.busy = false;
    const run = await done;
    if (run) await window.others.show(run.run);
  } finally {
    pick.dispose();
  }
}

async function reported(window: ShownIn, run: RunSummary): Promise<void> {
  const { log } = await window.session();
  await window.documents.showReadable(run.run, titleOf(run), await log.report(run));
}

async function renamed(window: ShownIn, run: RunSummary): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: 'Oversign: Rename a Run',
    value: runName(run),
    prompt: 'Empty: its task is its name again.',
    validateInput: (text) => (text.length > 200 ? 'A name has at most 200 characters.' : undefined),
  });
  if (name === undefined) return;
  const { engine } = await window.session();
  await engine.label(run.run, { name: name.trim() }, THIS_WINDOW);
  await showRuns(window);
}

function rowOf(run: RunSummary): Row {
  return {
    run,
    label: withoutIcons(runName(run)),
    description: [run.state, whenWords(run.time), ...figures(run)].join(' · '),
    ...(run.reason !== '' && { detail: withoutIcons(run.reason) }),
    iconPath: new vscode.ThemeIcon(ICONS[run.state]),
    buttons: [run.isPinned ? UNPIN : PIN, RENAME, REPORT],
  };
}

const ICONS: Record<RunSummary['state'], string> = {
  active: 'loading',
  finished: 'pass',
  stopped: 'debug-stop',
  limit: 'dashboard',
  failed: 'error',
  interrupted: 'debug-pause',
};
