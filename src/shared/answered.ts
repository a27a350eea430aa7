import type { Answer } from './approval.ts';

/** Who gave an answer: a person, input that is no terminal and was there before the question, or nobody was there. */
export const ANSWERERS = ['person', 'input', 'nobody'] as const;

export interface AnsweredBy {
  by: (typeof ANSWERERS)[number];
  /** Where a person did. */
  at: 'editor' | 'terminal';
}

export const IN_EDITOR: AnsweredBy = { by: 'person', at: 'editor' };

/** An answer, and whose it is. */
export interface Answered {
  answer: Answer;
  from: AnsweredBy;
}
