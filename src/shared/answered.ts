import type { Answer } from './approval.ts';

/** Who gave an answer: a person, input that is no terminal and was there before the question, or nobody was there. */
export const ANSWERERS = ['person', 'input', 'nobody'] as const;

/** Where a person is. */
export interface PlaceOf {
  at: 'editor' | 'terminal';
  /** Which one: the terminal's device, the process of the window. */
  place?: string;
}

/** Where that is, as it follows what they did: ` in the window of process 7`, ` at /dev/pts/3`. */
export function originPlace({ at, place }: PlaceOf): string {
  if (at === 'terminal') return ` at ${place ?? 'a terminal'}`;
  return ` in ${place ?? 'a window'}`;
}

export interface AnsweredBy extends PlaceOf {
  by: (typeof ANSWERERS)[number];
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

/** Of a person, where they did. */
export interface StoppedBy extends Partial<PlaceOf> {
  by: (typeof STOPPERS)[number];
  /** Which signal it was: SIGTERM. */
  signal?: string;
}
