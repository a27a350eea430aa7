/** A line of one text, or of both: its sign in a diff and what it says. */
export type SignedLine = readonly [sign: ' ' | '-' | '+', line: string];

/**
 * A difference of lines that takes no longer for texts that have little in common: lines that stand once in either text,
 * in the same order, hold them together (as in Bram Cohen's patience diff); between two of them, what is not alike at
 * the beginning or at the end goes and comes as a whole.
 */
export function anchoredDiff(before: readonly string[], after: readonly string[]): SignedLine[] {
  const lines: SignedLine[] = [];
  let [from, at] = [0, 0];
  for (const [old, young] of [...anchors(before, after), [before.length, after.length] as const]) {
    if (old < from || young < at) continue; // the ones before reach over it
    for (const line of between(before.slice(from, old), after.slice(at, young))) lines.push(line);
    [from, at] = [old, young];
    while (from < before.length && at < after.length && before[from] === after[at]) {
      lines.push([' ', before[from] ?? '']);
      [from, at] = [from + 1, at + 1];
    }
  }
  return lines;
}

function between(before: readonly string[], after: readonly string[]): SignedLine[] {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let end = 0;
  while (end < most - head && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const signed = (sign: SignedLine[0], lines: readonly string[]): SignedLine[] => lines.map((line) => [sign, line]);
  return [
    ...signed(' ', before.slice(0, head)),
    ...signed('-', before.slice(head, before.length - end)),
    ...signed('+', after.slice(head, after.length - end)),
    ...signed(' ', before.slice(before.length - end)),
  ];
}

/** Places of lines that stand once in either text: the longest list of them that rises in both. */
function anchors(before: readonly string[], after: readonly string[]): (readonly [number, number])[] {
  const there = onlyPlaces(after);
  const pairs = [...onlyPlaces(before)].flatMap(([line, old]) => {
    const young = there.get(line);
    return young === undefined ? [] : [[old, young] as const];
  });
  // Patience sorting: `ends` holds, by length, where the list of that length that ends earliest ends.
  const ends: number[] = [];
  const previous: (number | undefined)[] = [];
  for (const [index, [, young]] of pairs.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[ends[middle] ?? 0]?.[1] ?? 0) < young) low = middle + 1;
      else high = middle;
    }
    previous.push(ends[low - 1]);
    ends[low] = index;
  }
  const rising: (readonly [number, number])[] = [];
  for (let at = ends.at(-1); at !== undefined; at = previous[at]) {
    const pair = pairs[at];
    if (pair) rising.push(pair);
  }
  return rising.reverse();
}

/** Where each line stands that stands there once, in order. */
function onlyPlaces(lines: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  const more = new Set<string>();
  for (const [index, line] of lines.entries()) {
    if (places.has(line)) more.add(line);
    else places.set(line, index);
  }
  for (const line of more) places.delete(line);
  return places;
}
