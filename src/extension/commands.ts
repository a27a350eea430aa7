import * as vscode from 'vscode';
import { askDatabasePassword } from '../vscode/databasePasswords.ts';
import { plain } from '../vscode/messages.ts';
import { openPolicyFile } from '../vscode/policyFile.ts';
import { askForOneFolder } from './chooseFolders.ts';
import { showElsewhere } from './elsewhereCommand.ts';
import { openWalkthrough } from '../vscode/firstSteps.ts';
import { openSample } from '../vscode/sample.ts';
import { modelSettings, removeApiKey } from '../vscode/settings.ts';
import { givenTask } from './givenTask.ts';
import { registerAuditCommands } from './auditCommands.ts';
import { registerExposureCommands } from './exposureCommands.ts';
import { registerPolicyCommands } from './policyCommands.ts';
import { resumeRun } from './resumeRun.ts';
import type { Controller } from './controller.ts';
import { chooseWay } from './wayChoice.ts';
import { Failure } from '../core/outcome.ts';

/** Registers the palette's commands; each says what went wrong, in words, where something did. */
export function registerCommands(context: vscode.ExtensionContext, controller: Controller): void {
  const command = (name: string, action: (...args: unknown[]) => Promise<void>): void => {
    context.subscriptions.push(
      vscode.commands.registerCommand(`oversign.${name}`, async (...args: unknown[]) => {
        try {
          await action(...args);
        } catch (error) {
          controller.faults.tell(error);
        }
      }),
    );
  };
  command('runAgent', async (task) => {
    const given = givenTask(task);
    await controller.view.reveal();
    const { engine } = await controller.session();
    const text = given ?? (await askForTask(engine.isWorking));
    if (text === undefined || text.trim() === '') return;
    // A new task is a new run: no grant and no text of the last one is carried over.
    if (!engine.isWorking) engine.newRun();
    await controller.send({ text });
  });
  command('showQuestion', async () => {
    await controller.view.reveal();
    if (controller.isAsking) controller.view.say({ type: 'focus-question' });
    else void vscode.window.showInformationMessage('Oversign: no question waits.');
  });
  command('approveInDiff', () => controller.diffs.approve());
  command('denyInDiff', () => controller.diffs.deny());
  command('stop', () => controller.stop());
  command('newRun', () => controller.newRun());
  command('runOnThis', async (...args) => (await import('./runOnThis.ts')).runOnThis(controller, args));
  command('chooseFolders', () => controller.chooseFolders());
  command('showRuns', () => controller.showRuns());
  command('resume', () => resumeRun(controller));
  command('copyTranscript', async () => (await import('./copyTranscript.ts')).copyTranscript(controller));
  command('showElsewhere', () => showElsewhere(controller));
  command('chooseModel', () => controller.chooseModel());
  command('reviewChanges', async () => {
    const { review } = await controller.session();
    await controller.view.reveal();
    await review.look();
    if (!review.shown) throw new Failure('No run is here that changed anything and has ended.');
    await review.showDiffs(review.shown.run, undefined, controller.documents);
  });
  command('chooseWay', () => chooseWay(controller));
  command('maximumPrivacyOn', async () => (await import('./privacyChoice.ts')).turnPrivacyOn(controller));
  command('maximumPrivacyOff', async () => (await import('./privacyChoice.ts')).turnPrivacyOff(controller));
  command('setApiKey', async () => {
    await controller.setKey();
  });
  command('removeApiKey', async () => {
    await removeApiKey(context.secrets);
    await controller.look();
  });
  for (const what of ['keepSecret', 'removeSecret'] as const)
    command(what, async () => {
      const { engine } = await controller.session();
      const secrets = await import('./namedSecrets.ts');
      await secrets[what](context.secrets, (await engine.policyLookedThrough()).secrets.value);
    });
  command('setDatabasePassword', async () => {
    const { value } = (await (await controller.session()).engine.policy()).connections;
    if (value.length === 0)
      throw new Failure('Your policy names no database yet. Name one in it first (database.connections).');
    await askDatabasePassword(context.secrets, value);
  });
  command('openUserPolicy', async () => openPolicyFile((await controller.session()).userPolicy));
  command('openWorkspacePolicy', async () => {
    const session = await controller.session();
    const places = session.places();
    if (places.length === 0) throw new Failure('Open a folder first: a workspace policy stands in one.');
    const folders = places.map((place) => ({
      ...place,
      told: place.bounds ? 'has a policy' : 'has none yet',
    }));
    const folder = await askForOneFolder(folders, 'Oversign: Open Workspace Policy');
    if (folder !== undefined) await openPolicyFile(session.policyOf(folder));
  });
  command('showLog', () => {
    controller.faults.log.show();
    return Promise.resolve();
  });
  command('copyDiagnostics', async () => {
    const { version } = context.extension.packageJSON as { version: string };
    await (await import('./copyDiagnostics.ts')).copyDiagnostics(await controller.state(), version);
  });
  command('refreshChecklist', async () => {
    await controller.look();
    controller.checklist.refresh();
  });
  registerPolicyCommands(command, controller);
  registerAuditCommands(command, controller);
  registerExposureCommands(command, controller);
  command('openWalkthrough', () => openWalkthrough(context.extension.id));
  command('openSample', () => openSample(context.extensionUri));
  command('checkSandbox', async () => {
    await controller.look(true);
    const { sandbox } = (await controller.session()).panel();
    if (sandbox.state === 'works')
      void vscode.window.showInformationMessage(plain(`Oversign: the sandbox works (${sandbox.text})`));
    else throw new Failure(`${sandbox.text} ${sandbox.fix ?? ''}`);
  });
  command('refreshAudit', async () => {
    await (await controller.session()).refreshInterrupted();
    controller.tree.refresh();
    controller.view.changed();
  });
}

function askForTask(isWorking: boolean): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: 'Oversign: Run Agent',
    prompt: isWorking ? 'A message to the run that is at work' : 'What is to be done in this workspace?',
    ignoreFocusOut: true,
    ...(!isWorking && modelSettings().provider === 'demo' && { value: 'Find the bug, fix it, and run the tests' }),
  });
}
