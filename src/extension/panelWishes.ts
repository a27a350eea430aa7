import { IN_THIS_WINDOW } from './thisWindow.ts';
import type { PanelWish } from '../shared/protocol.ts';
import type { AgentView } from '../vscode/agentView.ts';
import { openPolicyFile } from '../vscode/policyFile.ts';
import { chooseModel } from '../vscode/settings.ts';
import type { TextDocuments } from '../vscode/textDocuments.ts';
import { allowAlways } from './policyCommands.ts';
import type { Session } from './session.ts';

/** What the panel's wishes need of their window. */
interface WishedOf {
  readonly view: AgentView;
  readonly documents: TextDocuments;
  /** Whether it was tried to open a session, however that went. */
  readonly hasTried: boolean;
  session(): Promise<Session>;
  look(again?: boolean): Promise<void>;
  send(text: string, meant?: string): Promise<void>;
  newRun(): Promise<void>;
  stop(): Promise<void>;
  resume(run: string, agreed?: { key: string }): Promise<void>;
  lookAtFolders(): Promise<void>;
  takeOver(run: string): Promise<void>;
  stopElsewhere(run: string): Promise<void>;
}

/** Does what a person wants in the panel. */
export async function doWish(message: PanelWish, window: WishedOf): Promise<void> {
  switch (message.type) {
    case 'choose-model':
      await chooseModel();
      await window.look();
      return;
    case 'check-sandbox':
      await window.look(true);
      return;
    case 'ready':
      // A panel that was just opened shows what there is; a failure is shown by it and not tried again by itself.
      if (!window.hasTried) await window.session();
      return;
    case 'send':
      await window.send(message.text, message.run);
      return;
    case 'new-run':
      await window.newRun();
      return;
    case 'stop':
      await window.stop();
      return;
    case 'resume':
      await window.resume(message.run, message.agreed === undefined ? undefined : { key: message.agreed });
      return;
    case 'look-at-folders':
      await window.lookAtFolders();
      return;
    case 'take-over':
      await window.takeOver(message.run);
      return;
    case 'stop-elsewhere':
      await window.stopElsewhere(message.run);
      return;
    case 'dismiss':
      await (await window.session()).dismiss(message.run);
      window.view.changed();
      return;
    case 'answer':
      (await window.session()).engine.answer(message.approval, message.digest, message.answer, IN_THIS_WINDOW);
      window.view.changed();
      return;
    case 'always':
      await allowAlways(window, message.approval, message.digest);
      return;
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
      const preview = (await window.session()).engine.desk.preview(message.approval);
      if (preview) await window.documents.showDiff(message.approval, preview.path, preview.before, preview.after);
      return;
    }
    case 'open-policy':
      await openPolicyFile((await window.session()).userPolicy);
      return;
  }
}
