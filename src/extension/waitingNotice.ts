import { titleOf } from '../shared/cut.ts';
import type { PanelState } from '../shared/runView.ts';
import { waitingIn } from '../shared/waiting.ts';

/** A title holds a model's words: a few of them say what it is, and the card shows the rest. */
export const MOST_OF_TITLE = 80;
export const ASKS = 'Oversign: the agent asks you something.';
export const AT_LIMIT = 'Oversign: the run is at a limit. Does it go on?';

/** The one notice of everything that waits, for whoever looks elsewhere; undefined where nothing does. */
export function waitingNotice(state: Pick<PanelState, 'approvals' | 'questions' | 'limit'>): string | undefined {
  const waiting = waitingIn(state);
  if (waiting === 0) return undefined;
  if (waiting > 1) return `Oversign: ${waiting} questions wait for you.`;
  const [approval] = state.approvals;
  if (approval) return `Oversign asks: ${titleOf(approval.title, MOST_OF_TITLE)}?`;
  return state.limit === undefined ? ASKS : AT_LIMIT;
}
