import type { AnsweredBy } from '../shared/answered.ts';
import type { Asker } from './asker.ts';

/** Said where a question is taken back: what comes next is no answer to it. */
export const TAKEN_BACK = '\nThis question waits no more.\n';

/** Only a plain yes is one. */
export function saidYes(line: string | undefined): boolean {
  return /^(y|yes)$/i.test(line?.trim() ?? '');
}

/** Whose a line is. */
export function answeredBy({ answersBy: by, place }: Pick<Asker, 'answersBy' | 'place'>): AnsweredBy {
  return { by, at: 'terminal', ...(place !== undefined && { place }) };
}
