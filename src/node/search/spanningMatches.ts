import type { Match, Pattern } from '../../core/tools/textSearch.ts';
import { compiledPattern } from './lineMatcher.ts';
import type { SearchReply } from './threadSearch.ts';

/** Where a pattern fits in lines taken together, each place from the end of the one before. */
export async function spanningMatches(
  pattern: Pattern,
  lines: readonly string[],
  mostLines: number,
): Promise<SearchReply> {
  const compiled = await compiledPattern(pattern);
  if (typeof compiled === 'string') return { kind: 'wrong', problem: compiled };
  const starts: number[] = [];
  let length = 0;
  for (const line of lines) {
    starts.push(length);
    length += line.length + 1;
  }
  const matcher = compiled.matcher(lines.join('\n'));
  const found: Match[] = [];
  let count = 0;
  let line = 0;
  while (matcher.find()) {
    const [from, to] = [matcher.start(), Math.max(matcher.start(), matcher.end() - 1)];
    while ((starts[line + 1] ?? Infinity) <= from) line += 1;
    let lastLine = line;
    while ((starts[lastLine + 1] ?? Infinity) <= to) lastLine += 1;
    count += 1;
    const column = from - (starts[line] ?? 0);
    if (found.length < mostLines) found.push({ line, column, ...(lastLine > line && { lastLine }) });
  }
  return { lines: found, count };
}
