import * as vscode from 'vscode';
import { Failure } from '../core/outcome.ts';
import { IN_THIS_WINDOW, THIS_WINDOW } from './thisWindow.ts';
import type { PanelWish } from '../shared/protocol.ts';
import type { AgentView } from '../vscode/agentView.ts';
import { copy, openOutside, openPlace } from '../vscode/followed.ts';
import { plain } from '../vscode/messages.ts';
import { pickParts } from '../vscode/partsPicker.ts';
import { openPolicyFile } from '../vscode/policyFile.ts';
import type { TextDocuments } from '../vscode/textDocuments.ts';
import { titleOf } from './runTitle.ts';
import { pickReference } from './references.ts';
import { allowAlways } from './policyCommands.ts';
import type { OtherRuns } from './otherRuns.ts';
import type { ReviewDesk } from './reviewDesk.ts';
import type { Sending } from './sending.ts';
import type { Session } from './session.ts';
import { chooseWay } from './wayChoice.ts';
import type { Place } from './workplace.ts';

/** What the panel's wishes need of their window. */
interface WishedOf {
  readonly view: AgentView;
  readonly documents: TextDocuments;
  /** Whether it was tried to open a session, however that went. */
  readonly hasTried: boolean;
  /** Where what is sent goes. */
  readonly destination: string;
  readonly others: OtherRuns;
  session(): Promise<Session>;
  /** The folders that a task would work in. */
  places(): Promise<readonly Place[]>;
  look(again?: boolean): Promise<void>;
  chooseModel(): Promise<void>;
  modelProblem(): Promise<string | undefined>;
  send(message: Sending): Promise<void>;
  newRun(): Promise<void>;
  stop(): Promise<void>;
  showRuns(): Promise<void>;
  lookAtFolders(): Promise<void>;
  chooseFolders(): Promise<void>;
}

/** Does what a person wants in the panel. */
export async function doWish(message: PanelWish, window: WishedOf): Promise<void> {
  switch (message.type) {
    case 'choose-model':
      await window.chooseModel();
      return;
    case 'choose-way':
      await chooseWay(window);
      return;
    case 'privacy-off':
      await (await import('./privacyChoice.ts')).turnPrivacyOff(window);
      return;
    case 'check-sandbox':
      await window.look(true);
      return;
    case 'ready':
      // A panel that was just opened shows what there is; a failure is shown by it and not tried again by itself.
      if (!window.hasTried) await window.session();
      return;
    case 'send':
      await window.send(message);
      return;
    case 'withdraw':
      await withdraw(window, message.message, message.edit);
      return;
    case 'new-run':
      await window.newRun();
      return;
    case 'show-run':
      await window.others.show(message.run);
      return;
    case 'show-runs':
      await window.showRuns();
      return;
    case 'stop':
      await window.stop();
      return;
    case 'resume':
      await window.others.resume(message.run, message.agreed === undefined ? undefined : { key: message.agreed });
      return;
    case 'look-at-folders':
      await window.lookAtFolders();
      return;
    case 'choose-folders':
      await window.chooseFolders();
      return;
    case 'take-over':
      await window.others.takeOver(message.run);
      return;
    case 'stop-elsewhere':
      await window.others.stop(message.run);
      return;
    case 'dismiss':
      await (await window.session()).dismiss(message.run);
      window.view.changed();
      return;
    case 'answer':
      (await window.session()).engine.answer(message.approval, message.digest, message.answer, IN_THIS_WINDOW);
      window.view.changed();
      return;
    case 'reply':
      (await window.session()).engine.reply(message.question, message.reply, IN_THIS_WINDOW);
      window.view.changed();
      return;
    case 'answer-limit':
      (await window.session()).engine.answerLimit(message.question, message.choice, IN_THIS_WINDOW);
      window.view.changed();
      return;
    case 'always':
      await allowAlways(window, message.approval, message.digest);
      return;
    case 'look-spared': {
      const { approval, digest } = message;
      const { engine, lab } = await window.session();
      if (!engine.desk.action(approval, digest)) return; // answered meanwhile
      window.view.reply({ type: 'spared', approval, digest, spared: await lab.spared(approval, digest) });
      return;
    }
    case 'read-text': {
      const { run, of, from } = message;
      const part = await (await window.session()).log.text(run, of, from);
      window.view.reply({ type: 'text', run, of, from, ...(part && { part }) });
      return;
    }
    case 'revoke-grant':
      await (await window.session()).engine.revokeGrant(message.grant);
      return;
    case 'open-diff': {
      const previews = (await window.session()).engine.desk.previews(message.approval);
      await window.documents.showDiffs(message.approval, previews);
      return;
    }
    case 'show-report': {
      const { log } = await window.session();
      const run = await log.summary(message.run);
      if (run === undefined) throw new Failure('The log has no such run any more.');
      await window.documents.showReadable(run.run, titleOf(run), await log.report(run));
      return;
    }
    case 'review-settle':
      await inTrust(window, (review) => review.settle(message.run, message.keep, message.back));
      return;
    case 'review-action':
      await inTrust(window, (review) => review.putBackAction(message.run, message.action));
      return;
    case 'review-parts':
      await inTrust(window, (review) => review.putBackParts(message.run, message.path, pickParts));
      return;
    case 'review-diff':
      await (await window.session()).review.showDiffs(message.run, message.path, window.documents);
      return;
    case 'manage-trust':
      await vscode.commands.executeCommand('workbench.trust.manage');
      return;
    case 'open-folder':
      await vscode.commands.executeCommand('workbench.action.files.openFolder');
      return;
    case 'open-sample':
      await vscode.commands.executeCommand('oversign.openSample');
      return;
    case 'pick-reference': {
      const session = await window.session();
      const reference = await pickReference(session, window.destination, await window.places());
      const { at, typed } = message;
      if (reference === undefined) window.view.say({ type: 'focus-task' });
      else window.view.say({ type: 'reference', at, typed, reference });
      return;
    }
    case 'drop-files':
      await (await import('./runOnThis.ts')).runOnThis(window, droppedFiles(message.uris));
      return;
    case 'open-link':
      if (!(await openOutside(message.href))) throw new Failure('This link leads neither to the web nor to a mail.');
      return;
    case 'open-file': {
      const path = await (await window.session()).namedFiles.opened(message.path);
      await openPlace(path, message.line, message.column);
      return;
    }
    case 'find-files': {
      const found = await (await window.session()).namedFiles.find(message.paths);
      window.view.reply({ type: 'files', ...found });
      return;
    }
    case 'copy':
      await copy(message.text);
      return;
    case 'open-policy': {
      const session = await window.session();
      if (message.at === undefined) await openPolicyFile(session.userPolicy);
      else if (session.isPolicyFile(message.at.file))
        await openPlace(message.at.file, message.at.line, message.at.column);
      else throw new Failure('This is no policy file of this workspace any more.');
      return;
    }
    case 'set-key':
      await vscode.commands.executeCommand('oversign.setApiKey');
      return;
  }
}

/** On a remote machine the editor's addresses name it; for whoever runs there they are files. */
function droppedFiles(uris: readonly string[]): vscode.Uri[] {
  return uris.map((one) => {
    const uri = vscode.Uri.parse(one);
    return uri.scheme === 'vscode-remote' ? vscode.Uri.file(uri.path) : uri;
  });
}

/** A message that waits is not to be said; its text goes back to the task box, to be said otherwise. */
async function withdraw(window: WishedOf, message: string, isToEdit: boolean): Promise<void> {
  const { engine } = await window.session();
  const text = engine.view().run?.queued?.find(({ id }) => id === message)?.text;
  if (!(await engine.withdraw(message, THIS_WINDOW))) throw new Failure('The agent was told this meanwhile.');
  if (isToEdit && text !== undefined) window.view.say({ type: 'set-task', text });
}

/** `work` resolves to what was done, which the status bar says. */
async function inTrust(window: WishedOf, work: (review: ReviewDesk) => Promise<string | undefined>): Promise<void> {
  if (!vscode.workspace.isTrusted) throw new Failure('Changes are put back only in a trusted workspace.');
  const done = await work((await window.session()).review);
  if (done !== undefined) vscode.window.setStatusBarMessage(plain(`Oversign: ${done}`), 5000);
}
