import type { Answer } from './approval.ts';

/** Who gave an answer: a person, input that is no terminal and was there before the question, or nobody was there. */
export const ANSWERERS = ['person', 'input', 'nobody'] as const;

export interface AnsweredBy {
  by: (typeof ANSWERERS)[number];
  /** Where a person did. */
  at: 'editor' | 'terminal';
  /** Which one: the terminal's device, the process of the window. */
  place?: string;
}

export const IN_EDITOR: AnsweredBy = { by: 'person', at: 'editor' };

/** An answer, and whose it is. */
export interface Answered {
  answer: Answer;
  from: AnsweredBy;
}

/**
 * What ended a run's work from outside: a person, a signal of the system's, output that can be written no more, a
 * terminal that is gone, the program that had started it, or a fault of Oversign's own.
 */
export const STOPPERS = ['person', 'signal', 'output', 'terminal', 'parent', 'fault'] as const;

export interface StoppedBy {
  by: (typeof STOPPERS)[number];
  /** Where a person did, and at which one. */
  at?: AnsweredBy['at'];
  place?: string;
  /** Which signal it was: SIGTERM. */
  signal?: string;
}
