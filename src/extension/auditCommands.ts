import * as vscode from 'vscode';
import type { RunSummary } from '../shared/auditEvent.ts';
import { askForFilter, askForWords } from '../vscode/auditFilter.ts';
import { titleOf as firstLine } from '../shared/cut.ts';
import { titleOf } from './runTitle.ts';
import { plain } from '../vscode/messages.ts';
import type { PickedNode } from './commandArguments.ts';
import { ruleActions } from './makeRule.ts';
import type { Controller } from './controller.ts';
import type { Session } from './session.ts';
import { Failure } from '../core/outcome.ts';

type Register = (name: string, action: (...args: unknown[]) => Promise<void>) => void;

/** First in a dialog, so that Enter alone does nothing: dialogs give the focus to their first button. */
const NOT_NOW = 'Not Now';

/** What can be done with the log: in the palette, in the tree's title, and on its nodes. */
export function registerAuditCommands(command: Register, controller: Controller): void {
  const { tree, documents } = controller;
  /** On a node of the tree; from the palette there is none. */
  const onNode = (
    name: string,
    kinds: readonly PickedNode['kind'][],
    work: (node: PickedNode, session: Session) => Promise<void>,
  ): void => {
    command(name, async (node) => {
      const { pickedNode } = await import('./commandArguments.ts'); // with the schema library, at the first need
      const picked = pickedNode(node);
      if (picked && kinds.includes(picked.kind)) await work(picked, await controller.session());
    });
  };
  command('filterAudit', async () => {
    const { log } = await controller.session();
    const filter = await askForFilter(tree.filter, (kind) => log.values(kind));
    if (filter) await narrow(controller, filter);
  });
  command('searchAudit', async () => {
    const text = await askForWords(tree.filter);
    if (text === undefined) return;
    const { text: _old, ...rest } = tree.filter;
    await narrow(controller, text.trim() === '' ? rest : { ...rest, text });
  });
  command('clearAuditFilter', () => narrow(controller, {}));
  command('olderRuns', () => {
    tree.more();
    return Promise.resolve();
  });
  onNode('showDetails', ['run', 'action'], async (node, { log, lab }) => {
    if (node.kind === 'run') await documents.showReadable(node.run.run, titleOf(node.run), await log.report(node.run));
    if (node.kind !== 'action') return;
    const [id, title] = [node.action.id, node.action.title];
    const of = { run: node.run.run, action: id };
    await documents.showReadable(id, title, await log.report(node.run, id), await ruleActions(lab, of));
  });
  onNode('openChange', ['action'], async (node, { log }) => {
    if (node.kind !== 'action') return;
    await documents.showTexts(
      node.action.id,
      '(before ↔ after this action)',
      await log.changes(node.run.run, node.action.id),
    );
  });
  onNode('revertAction', ['action'], async (node, { engine }) => {
    if (node.kind !== 'action') return;
    if (!vscode.workspace.isTrusted) throw new Failure('Actions are reverted only in a trusted workspace.');
    await controller.view.reveal(); // what would happen is shown there, and asked
    const { text } = await engine.revert({ run: node.run.run, action: node.action.id });
    void vscode.window.showInformationMessage(plain(`Oversign: ${node.action.title}: ${text}`));
  });
  onNode('revertRun', ['run'], async (node, { engine }) => {
    if (node.kind !== 'run') return;
    if (!vscode.workspace.isTrusted) throw new Failure('Runs are reverted only in a trusted workspace.');
    await controller.view.reveal(); // what would happen is shown there, and asked
    const { text } = await engine.revertRun(node.run.run);
    void vscode.window.showInformationMessage(plain(`Oversign: ${titleOf(node.run)}: ${text}`));
  });
  command('revertLastRun', async () => {
    if (!vscode.workspace.isTrusted) throw new Failure('Runs are reverted only in a trusted workspace.');
    const { engine } = await controller.session();
    const { recordedRun } = engine;
    if (recordedRun === undefined) throw new Failure('No run is here. Choose one in the Audit Log.');
    await controller.view.reveal();
    const { text } = await engine.revertRun(recordedRun);
    void vscode.window.showInformationMessage(plain(`Oversign: ${text}`));
  });
  onNode('copyRecord', ['run', 'turn', 'action'], async (node, { log }) => {
    const text =
      node.kind === 'turn'
        ? node.turn.actions.map(({ title, outcome, decidedBy }) => `${title}: ${outcome}, ${decidedBy}`).join('\n')
        : await log.report(node.run, node.kind === 'action' ? node.action.id : undefined);
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage('Oversign: copied', 3000);
  });
  onNode('showInTranscript', ['action'], async (node, session) => {
    if (node.kind === 'action') await showInTranscript(controller, session, node.run, node.action.id);
  });
  onNode('exportRunPage', ['run'], async (node, { log }) => {
    if (node.kind !== 'run') return;
    const target = await askWhere(`${titleOf(node.run)}.html`, { 'Web page': ['html'] });
    if (target) await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(await log.html(node.run)));
  });
  onNode('exportRun', ['run'], async (node, { log }) => {
    if (node.kind !== 'run') return;
    const target = await askWhere(`${titleOf(node.run)}.jsonl`, { 'JSON Lines': ['jsonl'] });
    if (target) await log.export(target.fsPath, node.run.run);
  });
  command('exportLog', async () => {
    const { log } = await controller.session();
    const target = await askWhere('oversign-audit.jsonl', { 'JSON Lines': ['jsonl'] });
    if (!target) return;
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: 'Oversign: exporting the audit log' },
      () => log.export(target.fsPath),
    );
    void vscode.window.showInformationMessage(plain(`Oversign: the audit log was exported to ${target.fsPath}`));
  });
  onNode('eraseRun', ['run'], async (node, { log }) => {
    if (node.kind === 'run') await eraseRun(controller, log, node.run);
  });
  command('showQuestions', async () => {
    const { log } = await controller.session();
    await documents.showReadable('questions', 'How much was asked', await log.questions());
  });
  command('verifyLog', async () => {
    await verifyLog(controller);
    controller.checklist.refresh();
  });
  command('replayAgainst', async (node) => {
    const { pickedNode } = await import('./commandArguments.ts');
    const { replayAgainst } = await import('./replayAgainst.ts');
    await replayAgainst(controller, pickedNode(node)?.run.run);
  });
}

async function narrow(controller: Controller, filter: Controller['tree']['filter']): Promise<void> {
  controller.tree.filter = filter;
  await vscode.commands.executeCommand('setContext', 'oversign.isFiltered', Object.keys(filter).length > 0);
  await vscode.commands.executeCommand('oversign.audit.focus');
}

/** Checks the log in a thread of its own; it can be stopped, and whoever wants more gets it as a document. */
async function verifyLog(controller: Controller): Promise<void> {
  const { log } = await controller.session();
  const verdict = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Oversign: verifying the audit log', cancellable: true },
    async (progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => {
        stop.abort();
      });
      let before = 0;
      return log.verify(stop.signal, (done, of) => {
        const percent = of === 0 ? 0 : (done / of) * 100;
        progress.report({ increment: percent - before, message: `${done} of ${of} events` });
        before = percent;
      });
    },
  );
  if (!verdict) return;
  const text = await log.verdictText(verdict);
  const { problem, events, uncovered, unsigned } = verdict;
  const picked = problem
    ? await vscode.window.showErrorMessage(
        plain(`Oversign: the audit log is NOT whole. Event ${problem.seq}: ${problem.words}.`),
        'Show Details',
      )
    : await vscode.window.showInformationMessage(
        plain(
          `Oversign: ${unsigned === 0 ? '' : `the last ${unsigned} events are signed by nobody yet. As far as it is signed, `}the audit log is whole (${events} events). ${uncovered === 0 ? 'Witnesses cover all of it.' : `No witness covers the last ${uncovered} of them yet.`}`,
        ),
        'Show Details',
      );
  if (picked === 'Show Details') await controller.documents.showReadable('verdict', 'Audit Log', text);
}

/** The panel has the transcript of its own run; of others the report is what there is. */
async function showInTranscript(
  controller: Controller,
  session: Session,
  run: RunSummary,
  action: string,
): Promise<void> {
  if (session.engine.view().run?.id === run.run) {
    await controller.view.reveal();
    controller.view.say({ type: 'show-action', action });
    return;
  }
  await controller.documents.showReadable(run.run, titleOf(run), await session.log.report(run));
}

async function eraseRun(controller: Controller, log: Session['log'], run: RunSummary): Promise<void> {
  const said = await vscode.window.showWarningMessage(
    'Erase the texts of this run for good?',
    {
      modal: true,
      detail: plain(
        `The run: ${run.task === '' ? run.run : firstLine(run.task, 120)}. Its task, arguments, outputs and names go, from the log and its search, and the earlier versions of files that it changed: it cannot be resumed, and nothing of it taken back. The events stay, and a new one says that this was erased.`,
      ),
    },
    NOT_NOW,
    'Erase',
  );
  if (said !== 'Erase') return;
  const { payloads, conversations, left } = await log.erase(run.run);
  if (payloads + conversations === 0)
    throw new Failure('Nothing was erased: the run is still active, or it was erased before.');
  controller.tree.refresh();
  const rest = left === undefined ? '' : ` But ${left}.`;
  void vscode.window.showInformationMessage(plain(`Oversign: ${payloads} texts were erased.${rest}`));
}

function askWhere(name: string, filters: Record<string, string[]>): Thenable<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showSaveDialog({
    filters,
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, '..', name) }),
  });
}
