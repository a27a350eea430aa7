import { common, covers, hostPattern, patternText, type HostPattern } from './hostPattern.ts';

/** What both lists allow. Entries of the second stay as they are where the first allows all of them. */
export function narrowed(first: readonly string[], second: readonly string[]): string[] {
  const [before, after] = [patterns(first), patterns(second)];
  const kept = after.filter((narrow) => isCovered(narrow, before));
  for (const one of before)
    for (const other of after) {
      const both = common(one, other);
      if (both && !isCovered(both, kept)) kept.push(both);
    }
  return kept.map(patternText);
}

function isCovered(narrow: HostPattern, by: readonly HostPattern[]): boolean {
  return by.some((wide) => covers(wide, narrow));
}

function patterns(entries: readonly string[]): HostPattern[] {
  return entries.flatMap((entry) => hostPattern(entry) ?? []);
}
