import * as vscode from 'vscode';
import type { Answer, Approval } from '../shared/approval.ts';
import { DiffSight, seenInDiff, type Stretch } from '../shared/diffSight.ts';
import type { TextDocuments } from '../vscode/textDocuments.ts';

const LOOK_EVERY_MS = 100;

/** What the title of a diff view offers: nothing, a no, or also a yes that works once it is armed. */
type Offer = 'nothing' | 'deny' | 'approve' | 'armed';

/** Where an answer goes. False where it is none any more. */
type GiveAnswer = (approval: Approval, answer: Answer) => Promise<void>;

/**
 * Approve and Deny in the title of the diff view of a change that waits. The same holds there as on the card: a yes works
 * only after all of the change was in sight in a window that is looked at, and has stood still.
 */
export class DiffAnswers implements vscode.Disposable {
  readonly #documents: TextDocuments;
  readonly #give: GiveAnswer;
  #waiting: readonly Approval[] = [];
  #sight: { question: string; sight: DiffSight } | undefined;
  #offer: Offer = 'nothing';
  #timer: NodeJS.Timeout | undefined;
  readonly #parts: vscode.Disposable[];

  constructor(documents: TextDocuments, give: GiveAnswer) {
    this.#documents = documents;
    this.#give = give;
    const look = (): void => {
      this.#look();
    };
    this.#parts = [
      vscode.window.tabGroups.onDidChangeTabs(look),
      vscode.window.tabGroups.onDidChangeTabGroups(look),
      vscode.window.onDidChangeWindowState(look),
      vscode.window.onDidChangeTextEditorVisibleRanges(look),
    ];
  }

  /** These wait, and no others. */
  show(waiting: readonly Approval[]): void {
    this.#waiting = waiting;
    this.#look();
  }

  /** Approves what is shown, where it is armed right now. */
  async approve(): Promise<void> {
    const approval = this.#look();
    if (approval && this.#offer === 'armed') await this.#give(approval, { choice: 'approve' });
  }

  async deny(): Promise<void> {
    const approval = this.#look();
    if (approval) await this.#give(approval, { choice: 'deny' });
  }

  dispose(): void {
    clearInterval(this.#timer);
    for (const part of this.#parts) part.dispose();
  }

  /** Looks at the diff in front; which question it is of. */
  #look(): Approval | undefined {
    const shown = this.#documents.proposalInFront();
    const approval = this.#waiting.find(({ id }) => id === shown?.id);
    this.#set(approval && shown ? this.#offered(approval, shown) : 'nothing');
    if (!approval) this.#sight = undefined;
    this.#again(approval !== undefined);
    return approval;
  }

  #offered(approval: Approval, shown: NonNullable<ReturnType<TextDocuments['proposalInFront']>>): Offer {
    const question = `${approval.id} ${approval.digest}`;
    const toSee = shown.isAll ? seenInDiff(approval, wrapsLines()) : undefined;
    if (!toSee) return 'deny';
    if (this.#sight?.question !== question) this.#sight = { question, sight: new DiffSight(toSee) };
    const isArmed = this.#sight.sight.look(
      {
        ...{ question, place: shown.place, isLookedAt: vscode.window.state.focused },
        before: stretches(shown.original),
        after: stretches(shown.modified),
      },
      performance.now(),
    );
    return isArmed ? 'armed' : 'approve';
  }

  /** Standing still is no event: while one is in front it is looked at again and again. */
  #again(isInFront: boolean): void {
    if (isInFront === (this.#timer !== undefined)) return;
    clearInterval(this.#timer);
    this.#timer = isInFront ? setInterval(() => void this.#look(), LOOK_EVERY_MS) : undefined;
  }

  #set(offer: Offer): void {
    if (offer === this.#offer) return;
    this.#offer = offer;
    const contexts = { diffWaits: offer !== 'nothing', diffOffers: offer === 'approve' || offer === 'armed' };
    for (const [name, value] of Object.entries({ ...contexts, diffArmed: offer === 'armed' }))
      void vscode.commands.executeCommand('setContext', `oversign.${name}`, value);
  }
}

function stretches(uri: vscode.Uri): Stretch[] {
  const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
  return (editor?.visibleRanges ?? []).map(({ start, end }) => ({ from: start.line, to: end.line }));
}

/** Whether lines are wrapped in diff views: else their ends may lie beyond the edge. */
function wrapsLines(): boolean {
  const of = (section: string): unknown => vscode.workspace.getConfiguration(section).get('wordWrap');
  const own = of('diffEditor');
  return own === 'on' || (own === 'inherit' && of('editor') === 'on');
}
