import { cancellationOf, type Cancelled } from '../outcome.ts';

interface Open<Question, Answer> {
  question: Question;
  settle(answer: Answer): void;
  takeBack(why: Cancelled): void;
}

/**
 * Where questions to a person wait. Each settles once: by an answer to its id, by being taken back, or by the end of
 * the run. Whoever shows them reads `pending` and hears `onChange`. By itself an answer approves nothing (for approvals see desk.ts).
 */
export class QuestionDesk<Question extends { id: string }, Answer> {
  readonly #open = new Map<string, Open<Question, Answer>>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get pending(): Question[] {
    return [...this.#open.values()].map(({ question }) => question);
  }

  /** Waits for an answer; throws `Cancelled` when the signal fires first, or it is taken back. */
  ask(question: Question, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const finish = (end: () => void): void => {
        signal.removeEventListener('abort', stopped);
        this.#open.delete(question.id);
        end();
        this.#onChange();
      };
      const takeBack = (why: Cancelled): void => {
        finish(() => {
          reject(why);
        });
      };
      const stopped = (): void => {
        takeBack(cancellationOf(signal));
      };
      if (signal.aborted) {
        reject(cancellationOf(signal));
        return;
      }
      signal.addEventListener('abort', stopped, { once: true });
      const settle = (answer: Answer): void => {
        finish(() => {
          resolve(answer);
        });
      };
      this.#open.set(question.id, { question, settle, takeBack });
      this.#onChange();
    });
  }

  /** False where nothing waits under this id. */
  answer(id: string, answer: Answer): boolean {
    const open = this.#open.get(id);
    open?.settle(answer);
    return open !== undefined;
  }

  /** Whoever waits for its answer gets this instead. False where nothing waits under this id. */
  takeBack(id: string, why: Cancelled): boolean {
    const open = this.#open.get(id);
    open?.takeBack(why);
    return open !== undefined;
  }
}
