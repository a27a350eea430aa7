/** The one stretch in which two texts differ, from `from` to `to` in the first, and what stands there in the second. */
export function onlyDifference(before: string, after: string): { from: number; to: number; text: string } {
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from += 1;
  // Never between the two halves of a character or of a line's end.
  while (from > 0 && isSecondHalf(before, from)) from -= 1;
  let tail = 0;
  while (tail < most - from && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  while (tail > 0 && isSecondHalf(before, before.length - tail)) tail -= 1;
  return { from, to: before.length - tail, text: after.slice(from, after.length - tail) };
}

/** Whether what stands at a place belongs to what stands before it: a low surrogate, or the end of CR LF. */
function isSecondHalf(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (code >= 0xdc00 && code <= 0xdfff) || (code === 0x0a && text.charCodeAt(at - 1) === 0x0d);
}
