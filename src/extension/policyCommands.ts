import * as vscode from 'vscode';
import { Failure } from '../core/outcome.ts';
import { plain } from '../vscode/messages.ts';
import { changedLines, unseenLines } from '../shared/unseen.ts';
import { openPlace } from '../vscode/followed.ts';
import { makeRule, ruleActions } from './makeRule.ts';
import { IN_THIS_WINDOW } from './thisWindow.ts';
import type { PolicyLab } from './policyLab.ts';
import type { Session } from './session.ts';
import type { TextDocuments } from '../vscode/textDocuments.ts';

/** What these commands need of their window. */
interface PolicyWindow {
  readonly documents: TextDocuments;
  session(): Promise<Session>;
  /** Looks at the policy anew. */
  look(): Promise<void>;
}

type Register = (name: string, action: (...args: unknown[]) => Promise<void>) => void;

/** First in a dialog, so that Enter alone does nothing: dialogs give the focus to their first button. */
const NOT_NOW = 'Not Now';

/** The policy lab in the palette and in the tree. */
export function registerPolicyCommands(command: Register, controller: PolicyWindow): void {
  command('showPolicy', async () => {
    const { lab } = await controller.session();
    await controller.documents.showReadable('policy', 'Effective Policy', await lab.effective(), [
      { title: 'Open Your Policy', command: 'oversign.openUserPolicy', arguments: [] },
      { title: 'Try an Action…', command: 'oversign.tryAction', arguments: [] },
    ]);
  });
  command('showPlugins', async () => {
    const { lab } = await controller.session();
    await controller.documents.showReadable('plugins', 'Plugins', await lab.plugins(), [
      { title: 'Open Your Policy', command: 'oversign.openUserPolicy', arguments: [] },
    ]);
  });
  command('forgetPlugin', async () => {
    const { lab } = await controller.session();
    const name = await vscode.window.showQuickPick(lab.acceptedPlugins, {
      title: 'Oversign: Forget What Was Accepted of a Plugin',
      placeHolder: 'It asks again when it is started.',
    });
    if (name !== undefined) await lab.forgetPlugin(name);
  });
  command('tryAction', async () => {
    const { lab } = await controller.session();
    const tool = await vscode.window.showQuickPick(lab.tools, {
      title: 'Oversign: Try an Action',
      placeHolder: 'What would happen if the agent called this tool? Nothing is done.',
    });
    if (tool === undefined) return;
    const argument = await vscode.window.showInputBox({
      title: `Oversign: Try ${tool}`,
      prompt: await lab.triedWith(tool),
      ignoreFocusOut: true,
    });
    if (argument === undefined || argument === '') return;
    const text = await tried(lab, tool, argument);
    if (text !== undefined) await controller.documents.showReadable('try', 'Try an Action', text);
  });
  command('explainDecision', async (node) => {
    const { pickedNode } = await import('./commandArguments.ts');
    const picked = pickedNode(node);
    if (picked?.kind !== 'action') return;
    const { lab } = await controller.session();
    const of = { run: picked.run.run, action: picked.action.id };
    const [text, actions] = await Promise.all([lab.explain(of), ruleActions(lab, of)]);
    await controller.documents.showReadable(`why-${of.action}`, `Why: ${picked.action.title}`, text, actions);
  });
  command('makeRule', async (argument) => {
    const { pickedAction } = await import('./commandArguments.ts');
    const of = pickedAction(argument);
    if (of) await makeRule(controller, of);
  });
  command('openPlace', async (...args) => {
    const { pickedPlace } = await import('./commandArguments.ts');
    await openPlace(...pickedPlace(args));
  });
  command('allowHosts', async () => {
    const { allowHosts } = await import('./allowHosts.ts');
    await allowHosts(controller);
  });
  command('acceptPolicy', async () => {
    const { lab } = await controller.session();
    const offers = await lab.acceptable();
    if (offers.length === 0) {
      void vscode.window.showInformationMessage('Oversign: no workspace policy waits to be accepted.');
      return;
    }
    for (const offer of offers) {
      const was = offer.change.before.map(({ key, value }) => `${key}: ${value}\n`).join('');
      const becomes = offer.change.after.map(({ key, value }) => `${key}: ${value}\n`).join('');
      await controller.documents.showChange(`accept-${offer.digest}`, 'What accepting would change', was, becomes);
      const said = await vscode.window.showWarningMessage(
        plain('Accept exactly this content of the workspace policy?'),
        {
          modal: true,
          detail: plain(
            `${offer.file}. It would loosen what is shown beside this question. Any change to the file asks again.`,
          ),
        },
        NOT_NOW,
        'Accept',
      );
      controller.documents.closeDiff(`accept-${offer.digest}`);
      if (said !== 'Accept') return;
      await lab.accept(offer);
    }
    await controller.look();
    void vscode.window.showInformationMessage(
      'Oversign: the workspace policy is accepted. It counts from the next run.',
    );
  });
}

/** "Always allow…": shows the rule in the policy first, and approves the question once it is written. */
export async function allowAlways(
  controller: PolicyWindow,
  approval: string,
  digest: string,
  reach: 'this folder' | 'every workspace' = 'this folder',
): Promise<void> {
  const session = await controller.session();
  const proposal = await session.lab.proposeAlways(approval, digest, reach);
  await controller.documents.showChange(
    `always-${approval}`,
    'Your policy, with the new rule',
    proposal.before,
    proposal.after,
  );
  const holdsIn = proposal.holdsIn ?? reach;
  const waits = session.engine.view().approvals.find(({ id }) => id === approval);
  const unseen = unseenLines(waits?.card.blocks ?? []);
  const said = await vscode.window.showWarningMessage(
    'Write this rule into your policy?',
    {
      modal: true,
      detail: plain(
        `${proposal.file}. It holds in ${holdsIn}. Calls that it matches are allowed without a question, from the next run on. The call that waits is approved with it${unseen > 0 ? `, and with ${changedLines(unseen)} that its card does not show` : ''}.`,
      ),
    },
    NOT_NOW,
    'Write Rule and Approve',
    ...(holdsIn === 'this folder' ? ['In Every Workspace…'] : []),
  );
  if (said === 'In Every Workspace…') return allowAlways(controller, approval, digest, 'every workspace');
  controller.documents.closeDiff(`always-${approval}`);
  if (said !== 'Write Rule and Approve') return;
  // It may have been answered elsewhere, or taken back, while the dialog stood there.
  if (!session.engine.desk.action(approval, digest))
    throw new Failure('This question waits no more: no rule was written.');
  await session.lab.write(proposal);
  const from = IN_THIS_WINDOW;
  if (!session.engine.answer(approval, digest, { choice: 'approve', ...(unseen > 0 && { unseen }) }, from))
    throw new Failure('The rule is written, but the question waited no more: nothing was approved.');
  await controller.look();
}

/** Undefined where the user had enough of waiting. */
async function tried(lab: PolicyLab, tool: string, argument: string): Promise<string | undefined> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Oversign: trying an action', cancellable: true },
    async (_progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => {
        stop.abort('stopped');
      });
      try {
        return await lab.tryAction(tool, argument, stop.signal);
      } catch (error) {
        if (stop.signal.aborted) return undefined;
        throw error;
      }
    },
  );
}
