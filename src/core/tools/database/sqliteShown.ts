import type { Block } from '../../../shared/block.ts';
import { exact, visibleLine } from '../../../shared/visible.ts';
import { said } from './databaseCard.ts';
import { changedWords } from './resultText.ts';

/** How many of its effects are named on a card, and how much of what came back is shown there. */
const [MOST_TOUCHES, MOST_SHOWN] = [20, 4000];

interface Shown {
  results: { changed: number; alsoChanged: number };
  /** What it changed, as SQLite said it. */
  touches: readonly string[];
  /** What its statements gave. */
  text: string;
}

/** What a change of a SQLite file did on a copy, as a person is shown it. */
export function sqliteShown({ results: { changed, alsoChanged }, touches, text }: Shown): Block[] {
  const left = touches.length - MOST_TOUCHES;
  const named = visibleLine(touches.slice(0, MOST_TOUCHES).join(', '));
  return [
    said('eye', [
      'It ran on a copy. ',
      { strong: 'Nothing is changed yet.' },
      ` There: ${changedWords(changed, alsoChanged)}.`,
    ]),
    ...(touches.length === 0
      ? []
      : [said('list-unordered', [{ exact: named }, ...(left > 0 ? [` and ${left} more`] : [])])]),
    { kind: 'exact', label: 'Result', text: exact(text.slice(0, MOST_SHOWN)) },
  ];
}
