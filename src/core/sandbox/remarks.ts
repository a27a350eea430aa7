import { cutVisibly } from '../../shared/cut.ts';

/** A command can make a hundred thousand entries that are set aside: whoever reads the result sees the first. */
const MOST_SENTENCES = 10;
const MOST_LENGTH = 400;
const MOST_PATHS = 5;

/** The first sentences, each cut visibly where it is long, and how many more there are. */
export function firstSentences(sentences: readonly string[], what: string): string[] {
  const shown = sentences.slice(0, MOST_SENTENCES).map(cut);
  const more = sentences.length - shown.length;
  return more > 0 ? [...shown, `[and ${more} more ${what}]`] : shown;
}

/** What a reader of a result is told beside the output, bounded in all: what was set aside, and what else there is to know. */
export function remarksOf(quarantined: readonly string[], notes: readonly string[]): string[] {
  return [
    ...firstSentences(quarantined, 'were set aside; they are in Oversign’s quarantine folder'),
    ...firstSentences(
      notes.map((note) => `[${note}]`),
      'remarks',
    ),
  ];
}

/** "a, b and 3 more": the first paths of many. */
export function firstPaths(paths: readonly string[]): string {
  const shown = paths.slice(0, MOST_PATHS).map(cut).join(', ');
  return paths.length > MOST_PATHS ? `${shown} and ${paths.length - MOST_PATHS} more` : shown;
}

/** The end of a sentence says what became of it: it is the middle that goes. */
function cut(text: string): string {
  return cutVisibly(text, MOST_LENGTH).toWellFormed();
}
