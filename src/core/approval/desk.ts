import type { Action } from '../../shared/action.ts';
import type { Answered, AnsweredBy } from '../../shared/answered.ts';
import type { Answer, Approval } from '../../shared/approval.ts';
import { unseenLines } from '../../shared/unseen.ts';
import type { Cancelled } from '../outcome.ts';
import { QuestionDesk } from './questionDesk.ts';

/** Both sides of a change to one text, for the editor's own diff view. */
export interface Preview {
  path: string;
  before: string;
  after: string;
}

/** What a question is about, beyond what is shown. */
export interface Asked {
  action: Action;
  previews?: readonly Preview[] | undefined;
}

interface Waiting {
  id: string;
  approval: Approval;
  asked: Asked;
}

/** Where approvals wait. An answer must name the digest of what was shown, and may approve no more than was offered. */
export class ApprovalDesk {
  readonly #listeners = new Set<() => void>();
  readonly #waiting = new QuestionDesk<Waiting, Answered>(() => {
    for (const listener of this.#listeners) listener();
  });

  /** Those of one reply in the order of its calls, where the first of them came. */
  get pending(): Approval[] {
    const replies = Map.groupBy(
      this.#waiting.pending.map(({ approval }) => approval),
      ({ id, reply }) => reply?.id ?? id,
    );
    return [...replies.values()].flatMap((of) => of.sort((a, b) => placeOf(a) - placeOf(b)));
  }

  previews(id: string): readonly Preview[] {
    return this.#named(id)?.asked.previews ?? [];
  }

  /** What a question is about, if it still waits and was shown under this digest. */
  action(id: string, digest: string): Action | undefined {
    const waiting = this.#named(id);
    return waiting?.approval.digest === digest ? waiting.asked.action : undefined;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for a person; throws `Cancelled` when the signal fires first, or it is taken back. */
  ask(approval: Approval, asked: Asked, signal: AbortSignal): Promise<Answered> {
    return this.#waiting.ask({ id: approval.id, approval, asked }, signal);
  }

  /**
   * Gives an answer. False when nothing waits under this id, when what was shown is not what waits, or when it approves
   * lines that the card does not show without saying how many.
   */
  answer(id: string, digest: string, answer: Answer, from: AnsweredBy): boolean {
    const approval = this.#named(id)?.approval;
    if (approval?.digest !== digest) return false;
    if (answer.choice === 'approve-and-grant' && !isOffered(approval, answer)) return false;
    if (answer.choice === 'save-first' && approval.savesFirst !== true) return false;
    if (!effectsFit(approval, answer, from)) return false;
    if (!editFits(approval, answer, from)) return false;
    if (approves(answer) && (answer.unseen ?? 0) < unseenLines(approval.card.blocks)) return false;
    return this.#waiting.answer(id, { answer, from });
  }

  /** What it was about is not as it was shown: it waits no more. False where it does not wait, or has its answer. */
  takeBack(id: string, why: Cancelled): boolean {
    return this.#waiting.takeBack(id, why);
  }

  #named(id: string): Waiting | undefined {
    return this.#waiting.pending.find((one) => one.id === id);
  }
}

function placeOf({ reply }: Approval): number {
  return reply?.place ?? 0;
}

function approves({ choice }: Answer): boolean {
  return choice === 'approve' || choice === 'approve-and-grant' || choice === 'apply';
}

/** Effects are shown at a person's word, where that was offered; what is applied is what is shown. */
function effectsFit({ effects }: Approval, { choice }: Answer, { by }: AnsweredBy): boolean {
  if (choice === 'show-effects') return effects?.state === 'offered' && by === 'person';
  return choice !== 'apply' || (effects?.state === 'shown' && effects.obstacle === undefined);
}

/** An edit is a person's, of the text that was offered; no other answer has one. */
function editFits({ edit }: Approval, { choice, text }: Answer, { by }: AnsweredBy): boolean {
  if (choice !== 'approve-edited') return text === undefined;
  return edit !== undefined && text !== undefined && text !== edit.text && by === 'person';
}

/** Whether what an answer wants remembered was offered, for no longer than the policy lets it last. */
function isOffered({ grantOffers, grantLimits }: Approval, { grant }: Answer): boolean {
  if (!grant || !grantOffers.some(({ id }) => id === grant.offer)) return false;
  const { until } = grant;
  if (until.kind === 'minutes') return until.minutes <= grantLimits.minutes;
  return until.kind === 'run' || until.uses <= grantLimits.uses;
}
