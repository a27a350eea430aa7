import type { Entry } from '../../src/shared/runView.ts';

/** How often the person has spoken in these entries: each time they do, the conversation goes to its end. */
export function followsEnd(entries: readonly Entry[]): number {
  return entries.reduce((count, { kind }) => (kind === 'user' ? count + 1 : count), 0);
}
