/**
 * How an action ended. `unanswered`: it was asked about and nobody answered; `interrupted`: its process went away before
 * it began; `unknown`: it had begun, and how it ended was not recorded; `reverted`: done, and what it changed was put back.
 */
export const ACTION_OUTCOMES = [
  'done',
  'reverted',
  'failed',
  'denied',
  'unanswered',
  'cancelled',
  'interrupted',
  'unknown',
] as const;
export type ActionOutcome = (typeof ACTION_OUTCOMES)[number];

/** How each is shown, wherever it is: no two alike. `icon` is a codicon. */
export const OUTCOMES = {
  done: { icon: 'pass', words: 'Done' },
  reverted: { icon: 'discard', words: 'Done, and put back since' },
  failed: { icon: 'error', words: 'Failed' },
  denied: { icon: 'circle-slash', words: 'Denied' },
  unanswered: { icon: 'comment-unresolved', words: 'Never answered: it did not happen' },
  cancelled: { icon: 'debug-stop', words: 'Cancelled' },
  interrupted: { icon: 'debug-disconnect', words: 'Interrupted before it began: it did not happen' },
  unknown: { icon: 'question', words: 'It is not known how it ended: it may have happened' },
} as const satisfies Record<ActionOutcome, { icon: string; words: string }>;
