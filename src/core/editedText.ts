import { whyMissed } from './missedText.ts';
import { ToolFailure } from './outcome.ts';

/** Largest text file that tools read or edit, in bytes. */
export const MAX_TEXT = 4 * 1024 * 1024;

/** A piece of a text, and what is to stand in its place. */
export interface Replacement {
  old_text: string;
  new_text: string;
  /** Every occurrence instead of exactly one. */
  replace_all: boolean;
}

/** The text with the replacement made; how often the old text occurs must be what the call says. */
export function edited(before: string, args: Replacement, shown: string, secret = false): string {
  const count = occurrences(before, args.old_text);
  if (secret && (count === 0 || (count > 1 && !args.replace_all)))
    throw new ToolFailure(`old_text does not occur exactly once in ${shown}`);
  if (count === 0) throw new ToolFailure(`old_text does not occur in ${shown}; ${whyMissed(before, args.old_text)}`);
  if (count > 1 && !args.replace_all)
    throw new ToolFailure(
      `old_text occurs ${count} times in ${shown}; give more of the text around it, or set replace_all`,
    );
  // Counted before it is made: a megabyte of commas, each replaced by a megabyte, fits into no memory.
  const length = before.length + count * (args.new_text.length - args.old_text.length);
  if (length > MAX_TEXT)
    throw new ToolFailure(
      `${shown} would have ${length} characters after this edit; the most that is written is ${MAX_TEXT}. Replace less`,
    );
  return before.split(args.old_text).join(args.new_text);
}

function occurrences(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count += 1;
  return count;
}
