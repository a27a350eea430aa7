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
  /** Why it would fail as the file stands, in a sentence: nobody but the person who is asked is told that yet. */
  misfit?: string | undefined;
  /** What of the file stays as it is and is not seen in a diff, in words. */
  kept?: string | undefined;
  unsaved: boolean;
}): Promise<Card> {
  const card = diffCard({
    path: options.shown,
    absolute: options.absolute,
    change: options.change,
    ...(await shownChange(options.before ?? '', options.after)),
    unsaved: options.unsaved,
  });
  const { misfit, broken, kept } = options;
  return {
    ...card,
    blocks: [
      ...(misfit === undefined ? [] : [sentence('warning', 'warning', misfit)]),
      ...(broken === undefined ? [] : [sentence('warning', 'warning', broken)]),
      ...card.blocks,
      ...(kept === undefined ? [] : [sentence('lock', 'plain', `Stays as it is: ${kept}.`)]),
    ],
  };
}

function sentence(icon: string, tone: 'plain' | 'warning', words: string): BlockOf<'sentence'> {
  return { kind: 'sentence', icon, tone, words: [words] };
}

export function diffCard(diff: Omit<BlockOf<'diff'>, 'kind'>): Card {
  return { kind: 'edit', blocks: [{ kind: 'diff', ...diff }] };
}
