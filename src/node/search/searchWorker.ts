import { parentPort } from 'node:worker_threads';
import type { Match, Pattern } from '../../core/tools/textSearch.ts';
import { lineMatcher } from './lineMatcher.ts';
import { spanningMatches } from './spanningMatches.ts';
import type { SearchReply, SearchRequest } from './threadSearch.ts';

type Matcher = Awaited<ReturnType<typeof lineMatcher>>;
let last: { pattern: string; matcher: Matcher } | undefined;

/** Made once a search, not once a file. */
async function matcherOf(pattern: Pattern): Promise<Matcher> {
  const key = JSON.stringify(pattern);
  if (last?.pattern !== key) last = { pattern: key, matcher: await lineMatcher(pattern) };
  return last.matcher;
}

async function answered({ pattern, lines, mostLines }: SearchRequest): Promise<SearchReply> {
  if (pattern.spansLines === true) return spanningMatches(pattern, lines, mostLines);
  const matches = await matcherOf(pattern);
  if (typeof matches === 'string') return { kind: 'wrong', problem: matches };
  const found: Match[] = [];
  let count = 0;
  for (const [line, text] of lines.entries()) {
    const column = matches(text);
    if (column < 0) continue;
    count += 1;
    if (found.length < mostLines) found.push({ line, column });
  }
  return { lines: found, count };
}

parentPort?.on('message', (request: SearchRequest) => {
  void answered(request).then((answer) => {
    parentPort?.postMessage(answer);
  });
});
