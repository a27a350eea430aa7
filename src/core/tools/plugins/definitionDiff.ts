/** The lines that one text has and the other has not, `-` and `+` before them; undefined where there are none. */
export function linesThatChanged(before: string, after: string): string | undefined {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const gone = without(old, now).map((line) => `- ${line}`);
  const come = without(now, old).map((line) => `+ ${line}`);
  return gone.length + come.length === 0 ? undefined : [...gone, ...come].join('\n');
}

/** Each as often as it is there more often. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    if (count > 0) left.set(line, count - 1);
    return count === 0;
  });
}
