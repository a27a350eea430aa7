import type { AnsweredBy } from '../shared/answered.ts';

/** Something to be answered with a line: what is shown first, and the words before the answer. */
export interface Question {
  text: string;
  prompt: string;
  /** A message is wanted, not an answer: it may be pasted, and be long. */
  isMessage?: boolean;
}

/** Whoever answers. `undefined` where nobody is there, or the question was taken back. */
export interface Asker {
  /** A person, who can be asked again; `input`, each line of which was written for one question beforehand; or nobody. */
  readonly answersBy: AnsweredBy['by'];
  /** Which terminal a person is at, where that is known. */
  readonly place?: string | undefined;
  ask(question: Question, signal?: AbortSignal): Promise<string | undefined>;
  close(): void;
}
