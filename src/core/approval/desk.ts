import type { Action } from '../../shared/action.ts';
import type { Answered, AnsweredBy } from '../../shared/answered.ts';
import type { Answer, Approval } from '../../shared/approval.ts';
import { unseenLines } from '../../shared/unseen.ts';
import { cancellationOf } from '../outcome.ts';

/** Both sides of a change, for the editor's own diff view. */
export interface Preview {
  path: string;
  before: string;
  after: string;
}

/** What a question is about, beyond what is shown. */
export interface Asked {
  action: Action;
  preview?: Preview | undefined;
}

interface Open {
  approval: Approval;
  asked: Asked;
  settle(answer: Answered): void;
}

/**
 * Where questions to a person wait. Each settles once: by an answer that names its id and digest, or by the end
 * of the run. Whoever shows the questions (panel, terminal) reads `pending` and hears `onChange`.
 */
export class ApprovalDesk {
  readonly #open = new Map<string, Open>();
  readonly #listeners = new Set<() => void>();

  get pending(): Approval[] {
    return [...this.#open.values()].map(({ approval }) => approval);
  }

  preview(id: string): Preview | undefined {
    return this.#open.get(id)?.asked.preview;
  }

  /** What a question is about, if it still waits and was shown under this digest. */
  action(id: string, digest: string): Action | undefined {
    const open = this.#open.get(id);
    return open?.approval.digest === digest ? open.asked.action : undefined;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for a person; throws `Cancelled` when the signal fires first. */
  ask(approval: Approval, asked: Asked, signal: AbortSignal): Promise<Answered> {
    return new Promise<Answered>((resolve, reject) => {
      const finish = (end: () => void): void => {
        signal.removeEventListener('abort', stopped);
        this.#open.delete(approval.id);
        end();
        this.#changed();
      };
      const stopped = (): void => {
        finish(() => {
          reject(cancellationOf(signal));
        });
      };
      if (signal.aborted) {
        reject(cancellationOf(signal));
        return;
      }
      signal.addEventListener('abort', stopped, { once: true });
      this.#open.set(approval.id, {
        approval,
        asked,
        settle: (answer) => {
          finish(() => {
            resolve(answer);
          });
        },
      });
      this.#changed();
    });
  }

  /**
   * Gives an answer. False when nothing waits under this id, when what was shown is not what waits, or when it approves
   * lines that the card does not show without saying how many.
   */
  answer(id: string, digest: string, answer: Answer, from: AnsweredBy): boolean {
    const open = this.#open.get(id);
    if (open?.approval.digest !== digest) return false;
    if (answer.choice === 'approve-and-grant' && !isOffered(open.approval, answer)) return false;
    if (answer.choice === 'save-first' && open.approval.savesFirst !== true) return false;
    if (approves(answer) && (answer.unseen ?? 0) < unseenLines(open.approval.card.blocks)) return false;
    open.settle({ answer, from });
    return true;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function approves({ choice }: Answer): boolean {
  return choice === 'approve' || choice === 'approve-and-grant';
}

/** Whether what an answer wants remembered was offered, for no longer than the policy lets it last. */
function isOffered({ grantOffers, grantLimits }: Approval, { grant }: Answer): boolean {
  if (!grant || !grantOffers.some(({ id }) => id === grant.offer)) return false;
  const { until } = grant;
  if (until.kind === 'minutes') return until.minutes <= grantLimits.minutes;
  return until.kind === 'run' || until.uses <= grantLimits.uses;
}
