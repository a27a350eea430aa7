import * as vscode from 'vscode';
import { Failure, NoSuchRun } from '../core/outcome.ts';
import { plain } from '../vscode/messages.ts';
import { titleOf } from './runTitle.ts';
import type { Controller } from './controller.ts';

type Register = (name: string, action: (...args: unknown[]) => Promise<void>) => void;

const FORMS = { 'Web page': ['html'], Markdown: ['md'], JSON: ['json'] };

/** What can be done with what has left: in the palette, in the view's title, and on its entries. */
export function registerExposureCommands(command: Register, controller: Controller): void {
  const { documents, exposure, tree } = controller;
  command('showReceipt', async (entry) => {
    const { desk, run } = await picked(controller, entry);
    const { receiptText } = await import('../core/exposure/receipt.ts');
    const text = receiptText(await desk.receipt(run), 'md');
    await documents.showReadable(`receipt/${run}`, 'Privacy Receipt', text, [
      { title: 'Save…', command: 'oversign.saveReceipt', arguments: [{ run }] },
    ]);
  });
  command('saveReceipt', async (entry) => {
    const { desk, run } = await picked(controller, entry);
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const name = `privacy-receipt-${run.slice(0, 8).replace(/[^\w-]/g, '_')}.html`;
    const target = await vscode.window.showSaveDialog({
      filters: FORMS,
      ...(folder && { defaultUri: vscode.Uri.joinPath(folder, '..', name) }),
    });
    if (!target) return;
    const { receiptText, RECEIPT_FORMS } = await import('../core/exposure/receipt.ts');
    const form = RECEIPT_FORMS.find((one) => target.path.toLowerCase().endsWith(`.${one}`));
    if (!form) throw new Failure('A receipt is saved as .html, .md or .json; choose one of these.');
    const text = receiptText(await desk.receipt(run), form);
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
    void vscode.window.showInformationMessage(
      plain(`Oversign: the receipt was saved to ${target.fsPath}. It can be checked: oversign verify --receipt FILE.`),
    );
  });
  command('showInLog', async (entry) => {
    const { log, run, action } = await picked(controller, entry);
    const summary = await log.summary(run);
    if (!summary) throw new NoSuchRun(run);
    if (action !== undefined) await documents.showReadable(action, 'Action', await log.report(summary, action));
    else
      await tree
        .show(summary)
        // It may be older than what the tree lists, or left out by what narrows that.
        .catch(async () => documents.showReadable(run, titleOf(summary), await log.report(summary)));
  });
  command('refreshExposure', async () => {
    (await controller.session()).exposure.forget();
    exposure.refresh();
  });
}

/** What an entry is about; without one, the run that is at work here or was last. */
async function picked(controller: Controller, entry: unknown) {
  const { pickedExposed } = await import('./commandArguments.ts'); // with the schema library, at the first need
  const named = pickedExposed(entry);
  const { exposure: desk, log } = await controller.session();
  const of = named ?? (await desk.last());
  if (!of) throw new Failure('No run is here. Choose one in the Audit Log.');
  return { desk, log, run: of.run, action: named?.action };
}
