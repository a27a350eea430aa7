import * as vscode from 'vscode';
import { titleOf } from '../shared/cut.ts';
import { counted } from '../shared/named.ts';
import type { PanelState, RunState } from '../shared/runView.ts';
import type { AgentView } from '../vscode/agentView.ts';
import type { AuditTree } from '../vscode/auditTree.ts';
import { EditorSign } from '../vscode/editorSign.ts';
import { plain } from '../vscode/messages.ts';
import { ASKS, AT_LIMIT, MOST_OF_TITLE, waitingNotice } from './waitingNotice.ts';
import type { DiffAnswers } from './diffAnswers.ts';
import { StandingToasts } from '../vscode/standingToasts.ts';
import type { TextDocuments } from '../vscode/textDocuments.ts';

/** Where this window can show that a question waits. */
interface Places {
  view: AgentView;
  tree: AuditTree;
  documents: TextDocuments;
  diffs: DiffAnswers;
}

/**
 * The signs that questions wait, beside the card, the view's badge and the status bar: one toast for all, where nobody looks
 * at the panel, and a line in the editor, which is all that Zen mode leaves. Each stands as long as what it says is so, leads
 * only to the card, and takes the focus from nobody.
 */
export class Attention implements vscode.Disposable {
  readonly #places: Places;
  readonly #toasts = new StandingToasts();
  readonly #sign = new EditorSign();
  #waiting = 0;
  /** The run that was under way at the last look, and the one whose end nobody has seen yet. */
  #underWay: string | undefined;
  #ended: { run: string; words: string } | undefined;

  constructor(places: Places) {
    this.#places = places;
  }

  get isAsking(): boolean {
    return this.#waiting > 0;
  }

  /** Questions that wait, and no others, and how the run stands: to be told whenever that, the panel's visibility or the window's focus changes. */
  show({ approvals, questions = [], limit, run }: Pick<PanelState, 'approvals' | 'questions' | 'limit' | 'run'>): void {
    const { view, tree, documents, diffs } = this.#places;
    const isLookedAt = view.isVisible && vscode.window.state.focused;
    const notice = waitingNotice({ approvals, questions, ...(limit && { limit }) });
    const toasts: [string, string][] =
      notice === undefined ? [] : [[notice, `${plain(notice)} [Show](command:oversign.agent.focus)`]];
    this.#follow(run, isLookedAt);
    if (this.#ended) toasts.push([`end of ${this.#ended.run}`, this.#ended.words]);
    this.#toasts.show(new Map(isLookedAt ? [] : toasts));
    this.#sign.show(
      view.isVisible
        ? undefined
        : (waitingWords(approvals.length) ?? (questions.length > 0 ? ASKS : limit && AT_LIMIT)),
    );
    const waiting = approvals.length + questions.length + (limit ? 1 : 0);
    // The panel and the log have icons of their own: one of them shows it.
    tree.showWaiting(view.isVisible ? 0 : waiting);
    this.#waiting = waiting;
    documents.proposed(new Set(approvals.map(({ id }) => id)));
    diffs.show(approvals);
  }

  /** Whoever looks elsewhere while a run ends hears of it, until they have looked or the next one is under way. */
  #follow(run: PanelState['run'], isLookedAt: boolean): void {
    const isUnderWay = run?.state === 'running' || run?.state === 'waiting' || run?.state === 'stopping';
    if (isUnderWay) this.#underWay = run.id;
    if (isUnderWay || isLookedAt || run?.id !== this.#ended?.run) this.#ended = undefined;
    if (run === undefined || isUnderWay || this.#underWay !== run.id) return;
    this.#underWay = undefined;
    const words = `Oversign: ${END_WORDS[run.state] ?? 'ended'}: ${titleOf(run.task, MOST_OF_TITLE)}`;
    if (!isLookedAt) this.#ended = { run: run.id, words: `${plain(words)} [Show](command:oversign.agent.focus)` };
  }

  dispose(): void {
    this.#toasts.dispose();
    this.#sign.dispose();
  }
}

const END_WORDS: Partial<Record<RunState, string>> = {
  ...{ finished: 'done', stopped: 'stopped', limit: 'stopped at a limit', failed: 'failed' },
  interrupted: 'interrupted',
};
function waitingWords(waiting: number): string | undefined {
  if (waiting === 0) return undefined;
  return `Oversign: ${counted(waiting, 'approval')} waiting`;
}
