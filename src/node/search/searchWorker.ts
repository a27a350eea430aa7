import { parentPort, workerData } from 'node:worker_threads';
import type { Matches, Pattern } from '../../core/tools/textSearch.ts';
import type { SearchReply, SearchRequest } from './threadSearch.ts';
import { lineMatcher } from './lineMatcher.ts';

const matcher = lineMatcher(workerData as Pattern);

async function answered({ text, mostLines }: SearchRequest): Promise<Matches | { kind: 'wrong'; problem: string }> {
  const matches = await matcher;
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
  void answered(request).then((answer: SearchReply) => {
    parentPort?.postMessage(answer);
  });
});
