import * as vscode from 'vscode';
import type { Origin } from '../shared/decision.ts';
import { originText } from '../shared/decision.ts';
import type { PolicyChange } from '../shared/policyChange.ts';
import { PRIVACY_MEANS } from '../shared/privacyMeans.ts';
import { plain } from '../vscode/messages.ts';
import type { TextDocuments } from '../vscode/textDocuments.ts';
import type { PolicyLab } from './policyLab.ts';

interface PrivacyWindow {
  readonly documents: TextDocuments;
  session(): Promise<{ readonly lab: PolicyLab }>;
  /** Looks at the policy, and at the model under it, anew. */
  look(): Promise<void>;
  /** What keeps the chosen model from being asked, by the policy as it is now. */
  modelProblem(): Promise<string | undefined>;
  chooseModel(): Promise<void>;
}

/** First in a dialog, so that Enter alone does nothing: dialogs give the focus to their first button. */
const NOT_NOW = 'Not Now';
const CHOOSE = 'Choose Model…';

/** *Turn On Maximum Privacy*: shows the person's policy with the line, writes exactly that, and says what is in the way. */
export async function turnPrivacyOn(window: PrivacyWindow): Promise<void> {
  const { lab } = await window.session();
  const by = await lab.privacyBy();
  if (by) {
    tell(`Maximum privacy is on already (${originText(by)}).`);
    return;
  }
  const means = PRIVACY_MEANS.map((line) => `• ${line}`).join('\n');
  const isWritten = await shownAndWritten(window, lab.proposePrivacy(true), {
    title: 'Your policy, with Maximum privacy',
    question: 'Turn on Maximum privacy?',
    detail: `${means}\n\nIt counts from the next decision, also for a run that is at work.`,
    button: 'Turn On',
  });
  if (!isWritten) return;
  const problem = await window.modelProblem();
  if (problem === undefined) {
    tell('Maximum privacy is on.');
    return;
  }
  const said = await vscode.window.showWarningMessage(plain(`Oversign: ${problem}`), CHOOSE);
  if (said === CHOOSE) await window.chooseModel();
}

/** *Turn Off Maximum Privacy*: only what the person's own policy says can be taken back here. */
export async function turnPrivacyOff(window: PrivacyWindow): Promise<void> {
  const { lab } = await window.session();
  const by = await lab.privacyBy();
  if (!by) {
    tell('Maximum privacy is off.');
    return;
  }
  if (by.layer !== 'user') {
    tell(elsewhere(by));
    return;
  }
  const isWritten = await shownAndWritten(window, lab.proposePrivacy(false), {
    title: 'Your policy, without Maximum privacy',
    question: 'Turn off Maximum privacy?',
    detail: 'Your other rules count again, from the next run on. A run that is at work stays as it is.',
    button: 'Turn Off',
  });
  if (!isWritten) return;
  const still = await lab.privacyBy();
  tell(still ? elsewhere(still) : 'Maximum privacy is off, from the next run on.');
}

function elsewhere(by: Origin): string {
  return `Maximum privacy stays on: the ${originText(by)} says so.`;
}

function tell(words: string): void {
  void vscode.window.showInformationMessage(plain(`Oversign: ${words}`));
}

async function shownAndWritten(
  window: PrivacyWindow,
  proposing: Promise<PolicyChange>,
  words: { title: string; question: string; detail: string; button: string },
): Promise<boolean> {
  const proposal = await proposing;
  const { lab } = await window.session();
  await window.documents.showChange('privacy', words.title, proposal.before, proposal.after);
  try {
    const said = await vscode.window.showWarningMessage(
      words.question,
      { modal: true, detail: `${plain(proposal.file)}\n\n${words.detail}` },
      NOT_NOW,
      words.button,
    );
    if (said !== words.button) return false;
    await lab.write(proposal);
    await window.look();
    return true;
  } finally {
    window.documents.closeDiff('privacy');
  }
}
