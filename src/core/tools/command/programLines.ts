import { cutVisibly } from '../../../shared/cut.ts';
import { visibleLine } from '../../../shared/visible.ts';
import type { Meaning } from '../../command/meaning.ts';
import type { ProgramLine } from './commandCard.ts';

const MOST_LINES = 20;
const MOST_DOUBTS = 5;
const MOST_CHARACTERS = 200;

/** The programs of a line for its card, those that are in doubt first, and how many are left out. */
export function programLines({ programs, doubts }: Pick<Meaning, 'programs' | 'doubts'>): {
  lines: ProgramLine[];
  left: number;
} {
  const all = programs.map((words, index) => {
    const own = doubts.filter(({ program }) => program === index).map(({ why }) => visibleLine(why));
    const text = cutVisibly(visibleLine(words.map(({ text: word }) => word).join(' ')), MOST_CHARACTERS);
    return { words: text, ...(own.length > 0 && { doubt: firstOf(own) }) };
  });
  const isDoubtful = ({ doubt }: { doubt?: string }): boolean => doubt !== undefined;
  const sorted = [...all.filter(isDoubtful), ...all.filter((line) => !isDoubtful(line))];
  const whole = doubts.filter(({ program }) => program === undefined).map(({ why }) => visibleLine(why));
  return {
    lines: [
      ...(whole.length > 0 ? [{ words: 'the whole line', doubt: firstOf(whole) }] : []),
      ...sorted.slice(0, MOST_LINES),
    ],
    left: Math.max(0, all.length - MOST_LINES),
  };
}

function firstOf(doubts: readonly string[]): string {
  const more = doubts.length - MOST_DOUBTS;
  return [...doubts.slice(0, MOST_DOUBTS), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
