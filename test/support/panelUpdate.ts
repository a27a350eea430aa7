import type { PanelUpdate } from '../../src/shared/protocol.ts';
import type { PanelState } from '../../src/shared/runView.ts';
import { PanelFeed } from '../../src/vscode/panelFeed.ts';

/** What a panel is told first. */
export function firstUpdate(state: PanelState): PanelUpdate {
  const feed = new PanelFeed();
  feed.begin();
  const { update } = feed.next(state);
  if (!update) throw new Error('a panel that was just loaded is told something');
  return update;
}

export function isTaken(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'taken';
}
