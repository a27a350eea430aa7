import type { ActionOutcome } from './actionOutcome.ts';

/** What the tree of runs shows of an action: made from the log's events (core/audit/tree.ts). */
export interface TreeAction {
  id: string;
  title: string;
  /** What ran, whole, where the title may not say all of it. */
  ran: string | undefined;
  tool: string;
  /** `open`: it has no end in the log. */
  outcome: ActionOutcome | 'open';
  /** How it ended if nobody is at work on it. */
  left: ActionOutcome;
  /** In a word or two, to stand before the title: "Allowed", "You denied". */
  decision: string;
  /** Whole: "allowed by workspace-read", "denied by you in the window “app”", "remembered". */
  decidedBy: string;
  /** What the person said with their answer. */
  said: string | undefined;
  durationMs: number | undefined;
  /** It ran without any sandbox. */
  outside: boolean;
  /** It changed a file, so that before and after can be compared. */
  changedFile: boolean;
  /** What it changed is known, path by path: a plan for its revert can be made. */
  canRevert: boolean;
}

export interface TreeTurn {
  turn: number;
  actions: TreeAction[];
}
