import { visible, written } from '../../src/shared/visible.ts';

// Marks at the beginning would be drawn over the letter of another element; signs of private use are what icons are
// made of, the panel's own among them.
const OUT_OF_PLACE = /^\p{M}+|\p{Co}/gu;

/** Words of the agent as they are drawn: nothing of them is unseen, and nothing of them is drawn over something else. */
export function shownWords(text: string): string {
  return visible(text.replace(OUT_OF_PLACE, (found) => Array.from(found, written).join('')));
}
