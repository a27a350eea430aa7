import type { Card } from '../../../shared/approval.ts';
import type { BlockOf } from '../../../shared/block.ts';
import { shownChange } from './shownChange/shownChange.ts';

/** The card of a change to one file's text. `before` is undefined for a new file. */
export async function editCard(options: {
  shown: string;
  absolute: string;
  change: 'create' | 'edit' | 'overwrite';
  before: string | undefined;
  after: string;
  /** Why the file could not be read as what its name says, in a sentence. */
  broken?: string | undefined;
  unsaved: boolean;
}): Promise<Card> {
  const card = diffCard({
    path: options.shown,
    absolute: options.absolute,
    change: options.change,
    ...(await shownChange(options.before ?? '', options.after)),
    unsaved: options.unsaved,
  });
  if (options.broken === undefined) return card;
  return {
    ...card,
    blocks: [{ kind: 'sentence', icon: 'warning', tone: 'warning', words: [options.broken] }, ...card.blocks],
  };
}

export function diffCard(diff: Omit<BlockOf<'diff'>, 'kind'>): Card {
  return { kind: 'edit', blocks: [{ kind: 'diff', ...diff }] };
}
