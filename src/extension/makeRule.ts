import * as vscode from 'vscode';
import type { ActionOf } from '../core/checkpoint/port.ts';
import { Failure } from '../core/outcome.ts';
import type { Verdict } from '../shared/decision.ts';
import type { PolicyChange, Reach } from '../shared/policyChange.ts';
import { plain } from '../vscode/messages.ts';
import type { DocumentAction } from '../vscode/renderedDocuments.ts';
import type { TextDocuments } from '../vscode/textDocuments.ts';
import type { PolicyLab } from './policyLab.ts';

interface RuleWindow {
  readonly documents: TextDocuments;
  session(): Promise<{ readonly lab: PolicyLab }>;
  /** Looks at the policy anew. */
  look(): Promise<void>;
}

/** First in a dialog, so that Enter alone does nothing: dialogs give the focus to their first button. */
const NOT_NOW = 'Not Now';
const WRITE = 'Write Rule';
const EVERYWHERE = 'In Every Workspace…';

const CHOICES: Record<Verdict, string> = {
  allow: 'Allow this without a question',
  ask: 'Always ask about this',
  deny: 'Never allow this',
};

/** What a document about an action offers of rules. */
export async function ruleActions(lab: PolicyLab, of: ActionOf): Promise<DocumentAction[]> {
  if ((await lab.ruleable(of)) === undefined) return [];
  return [{ title: 'Make This a Rule…', command: 'oversign.makeRule', arguments: [of] }];
}

/** *Make This a Rule*: shows the person's policy with the rule, and writes exactly that where they say so. */
export async function makeRule(window: RuleWindow, of: ActionOf): Promise<void> {
  const { lab } = await window.session();
  const found = await lab.ruleable(of);
  if (!found) throw new Failure('No rule can say exactly this. Write one by hand: "Oversign: Open User Policy".');
  const verdict = await askWhat(found.isDenied);
  if (verdict === undefined) return;
  const today = new Date().toISOString().slice(0, 10);
  const why = found.said === undefined ? `you made this a rule on ${today}` : `you said on ${today}: ${found.said}`;
  const id = `rule-${of.action}`;
  try {
    for (let reach: Reach | undefined = 'this folder'; reach !== undefined;) {
      const proposal: PolicyChange = await lab.proposeRule(found.action, { verdict, reach, why: why.slice(0, 300) });
      await window.documents.showChange(id, 'Your policy, with the new rule', proposal.before, proposal.after);
      const said = await askToWrite(proposal.file, verdict, reach);
      if (said === WRITE) {
        await lab.write(proposal);
        await window.look();
      }
      reach = said === EVERYWHERE ? 'every workspace' : undefined;
    }
  } finally {
    window.documents.closeDiff(id);
  }
}

/** What the rule is to say; first what the person said before. */
async function askWhat(isDenied: boolean): Promise<Verdict | undefined> {
  const order: Verdict[] = isDenied ? ['deny', 'ask', 'allow'] : ['allow', 'ask', 'deny'];
  const picked = await vscode.window.showQuickPick(
    order.map((verdict) => ({ label: CHOICES[verdict], verdict })),
    { title: 'Oversign: Make This a Rule', placeHolder: 'You see the rule before anything is written.' },
  );
  return picked?.verdict;
}

function askToWrite(file: string, verdict: Verdict, reach: Reach): Thenable<string | undefined> {
  const holds =
    verdict === 'allow'
      ? `It holds in ${reach}. What it matches is allowed without a question, from the next run on.`
      : `It holds in every workspace, from the next decision on. What it matches ${verdict === 'ask' ? 'asks' : 'is denied, and no click approves it'}.`;
  return vscode.window.showWarningMessage(
    'Write this rule into your policy?',
    { modal: true, detail: plain(`${file}. ${holds}`) },
    NOT_NOW,
    WRITE,
    ...(verdict === 'allow' && reach === 'this folder' ? [EVERYWHERE] : []),
  );
}
