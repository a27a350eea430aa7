/** The word that was probably meant: the one that takes the fewest changes, where those are few. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const most = word.length <= 4 ? 1 : 2;
  let found: { word: string; changes: number } | undefined;
  for (const one of words) {
    const changes = changesBetween(word, one);
    if (changes <= most && (!found || changes < found.changes)) found = { word: one, changes };
  }
  return found?.word ?? words.find((one) => word.length >= 3 && one.startsWith(word));
}

/** Letters that are put in, left out, replaced, or changed with their neighbour. */
function changesBetween(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const isTurned = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
        isTurned ? (before[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
