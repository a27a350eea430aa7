import type { Answer } from './approval.ts';

/** Who gave an answer: a person, input that is no terminal and was there before the question, or nobody was there. */
export const ANSWERERS = ['person', 'input', 'nobody'] as const;

/** Where a person is. */
export interface PlaceOf {
  at: 'editor' | 'terminal';
  /** Which one: the terminal's device, what is open in the window. */
  place?: string;
}

/** Where that is, as it follows what they did: ` in the window “app”`, ` at terminal pts/3`. */
export function originPlace({ at, place }: PlaceOf): string {
  if (at === 'terminal') return ` at ${placeName(place) ?? 'a terminal'}`;
  return ` in ${placeName(place) ?? 'a window'}`;
}

/** A place as people call it. Earlier versions named windows and programs by the numbers of their processes. */
export function placeName(place: string | undefined): string | undefined {
  if (place === undefined || /^the window of process \d+$/.test(place)) return undefined;
  if (/^a program \(process \d+\)$/.test(place)) return WITHOUT_TERMINAL;
  return place.replace(/^\/dev\//, 'terminal ');
}

/** Where a program is that no person sits at. */
export const WITHOUT_TERMINAL = 'a program without a terminal';

export interface AnsweredBy extends PlaceOf {
  by: (typeof ANSWERERS)[number];
}

/** Of who answered, what is recorded: only a person is somewhere. */
export function originOf({ by, at, place }: AnsweredBy): Pick<AnsweredBy, 'by'> & Partial<AnsweredBy> {
  return by === 'person' ? { by, at, ...(place !== undefined && { place }) } : { by };
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
