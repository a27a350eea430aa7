import { parentPort } from 'node:worker_threads';
import type { Pattern } from '../../core/tools/textSearch.ts';
import { lineMatcher } from './lineMatcher.ts';
import type { SearchReply, SearchRequest } from './threadSearch.ts';

type Matcher = Awaited<ReturnType<typeof lineMatcher>>;
let last: { pattern: string; matcher: Matcher } | undefined;

/** Made once a search, not once a file. */
async function matcherOf(pattern: Pattern): Promise<Matcher> {
  const key = JSON.stringify(pattern);
  if (last?.pattern !== key) last = { pattern: key, matcher: await lineMatcher(pattern) };
  return last.matcher;
}

async function answered({ pattern, text, mostLines }: SearchRequest): Promise<SearchReply> {
  const matches = await matcherOf(pattern);
  if (typeof matches === 'string') return { kind: 'wrong', problem: matches };
  const lines: number[] = [];
  let count = 0;
  for (const [index, line] of text.split('\n').entries()) {
    if (!matches(line)) continue;
    count += 1;
    if (lines.length < mostLines) lines.push(index);
  }
  return { lines, count };
}

parentPort?.on('message', (request: SearchRequest) => {
  void answered(request).then((answer) => {
    parentPort?.postMessage(answer);
  });
});
