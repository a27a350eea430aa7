import type { Approval } from '../../src/shared/approval.ts';
import type { Flag } from '../../src/shared/flow.ts';

export const FLAGS: readonly Flag[] = ['untrusted', 'private', 'outward'];

export const FLAG_WORDS: Record<Flag, string> = {
  untrusted: 'read untrusted content',
  private: 'touched private data',
  outward: 'can change beyond checkpoints',
};

export const FLAG_HINTS: Record<Flag, string> = {
  untrusted: 'content that is not yours has come into this run.',
  private: 'likely secrets, protected files or your variables may have come into this run.',
  outward: 'this run could change what no checkpoint keeps, or send data out.',
};

/** The flags that an action would light and that are not lit yet, in words. */
export function newlyLit({ flags, lights }: Approval): string[] {
  return FLAGS.filter((flag) => lights.includes(flag) && !flags[flag]).map((flag) => FLAG_WORDS[flag]);
}
