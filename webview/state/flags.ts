import type { Approval } from '../../src/shared/approval.ts';
import { AFTER_THIS, type Flag } from '../../src/shared/flow.ts';

export const FLAGS: readonly Flag[] = ['untrusted', 'private', 'outward'];

export const FLAG_HINTS: Record<Flag, string> = {
  untrusted: 'Content that is not yours has come into this run.',
  private: 'Likely secrets, protected files or your variables may have come into this run.',
  outward: 'This run could change what no checkpoint keeps, or send data out.',
};

/** What is so of the run after an action that was not so before, in sentences. */
export function newlyLit({ flags, lights }: Approval): string[] {
  return FLAGS.filter((flag) => lights.includes(flag) && !flags[flag]).map((flag) => AFTER_THIS[flag]);
}
