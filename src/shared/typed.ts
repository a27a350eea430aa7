// How much of what a person types goes anywhere. A field takes more than that and keeps all of it: what is too long is
// said beside it, with how much, and cannot be sent. Nothing is cut.

/** Characters of a task or of a message to a run. */
export const MOST_TASK = 100_000;
/** Characters of a reason for denying. */
export const MOST_REASON = 8000;
/** Characters that a text of an action may have by which a person may change it at its card. */
export const MOST_EDITED = 20_000;

/** What to do about a text that is too long; undefined where it is not. */
export function tooLongWords(text: string, most: number, advice: string): string | undefined {
  const over = text.length - most;
  if (over <= 0) return undefined;
  return `${over} ${over === 1 ? 'character' : 'characters'} too long: at most ${most} can be sent. ${advice}`;
}
