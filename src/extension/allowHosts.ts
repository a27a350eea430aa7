import * as vscode from 'vscode';
import { HOST_SETS } from '../core/egress/hostSets.ts';
import { plain } from '../vscode/messages.ts';
import type { TextDocuments } from '../vscode/textDocuments.ts';
import type { PolicyLab } from './policyLab.ts';

interface HostsWindow {
  readonly documents: TextDocuments;
  session(): Promise<{ readonly lab: PolicyLab }>;
  /** Looks at the policy anew. */
  look(): Promise<void>;
}

/** First in a dialog, so that Enter alone does nothing: dialogs give the focus to their first button. */
const NOT_NOW = 'Not Now';
const WRITE = 'Write Hosts';
const ID = 'allow-hosts';

/** *Allow Hosts of Package Managers*: shows the person's policy with the hosts, and writes exactly that where they say so. */
export async function allowHosts(window: HostsWindow): Promise<void> {
  const picked = await vscode.window.showQuickPick(
    HOST_SETS.map((set) => ({ label: set.title, description: set.hosts.join(', '), detail: set.about ?? '', set })),
    {
      ...{ title: 'Oversign: Allow Hosts of Package Managers', canPickMany: true },
      ...{ matchOnDescription: true, placeHolder: 'You see your policy before anything is written.' },
    },
  );
  if (picked === undefined || picked.length === 0) return;
  const { lab } = await window.session();
  const proposal = await lab.proposeHosts(picked.map(({ set }) => set));
  if (!proposal) {
    void vscode.window.showInformationMessage('Oversign: your policy allows these hosts already.');
    return;
  }
  try {
    await window.documents.showChange(ID, 'Your policy, with these hosts', proposal.before, proposal.after);
    const said = await vscode.window.showWarningMessage(
      'Write these hosts into your policy?',
      {
        modal: true,
        detail: plain(
          `${proposal.file}. Commands in the sandbox reach them without a question, in every workspace, from the next run on. They can send there whatever they can read.`,
        ),
      },
      NOT_NOW,
      WRITE,
    );
    if (said !== WRITE) return;
    await lab.write(proposal);
    await window.look();
  } finally {
    window.documents.closeDiff(ID);
  }
}
