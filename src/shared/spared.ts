import * as z from 'zod';
import type { Until } from './approval.ts';

/**
 * What an answer that is remembered would have spared of the last questions. `runs`: of each run when the questions were
 * asked that an offer covers, in milliseconds; `always`: how many a rule would have spared.
 */
export const SparedSchema = z.strictObject({
  /** How many questions were looked at. */
  of: z.int().min(0),
  offers: z.array(z.strictObject({ id: z.string(), runs: z.array(z.array(z.number())) })),
  always: z.int().min(0).exactOptional(),
});
export type Spared = z.infer<typeof SparedSchema>;

/** How many of them would not have been asked: the first of each run is, and each after what was remembered has ended. */
export function sparedFor(runs: readonly (readonly number[])[], until: Until): number {
  return runs.reduce((sum, times) => sum + sparedIn(times, until), 0);
}

function sparedIn(times: readonly number[], until: Until): number {
  let spared = 0;
  let left = 0;
  let ends = 0;
  for (const [index, at] of times.entries()) {
    const counts = until.kind === 'run' ? index > 0 : until.kind === 'minutes' ? index > 0 && at < ends : left > 0;
    if (counts) {
      spared += 1;
      left -= 1;
      continue;
    }
    left = until.kind === 'uses' ? until.uses : 0;
    ends = until.kind === 'minutes' ? at + until.minutes * 60_000 : 0;
  }
  return spared;
}

/** "It would have spared 7 of the last 40 questions here." */
export function sparedWords(spared: number, of: number): string {
  if (of === 0) return 'Nothing was asked here before.';
  const questions = of === 1 ? 'the last question' : `the last ${of} questions`;
  return spared === 0
    ? `It would have spared none of ${questions} here.`
    : `It would have spared ${of === 1 ? '' : `${spared} of `}${questions} here.`;
}
