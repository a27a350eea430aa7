import { cutVisibly } from '../../../shared/cut.ts';
import { ToolFailure } from '../../outcome.ts';
import type { Pattern, TextSearch } from '../textSearch.ts';
import { textFrom } from './reading.ts';
import type { OutputSoFar } from './recorder.ts';

/** So much is given to the searching thread at once. */
const PIECE = 1_000_000;
const LONGEST_SHOWN = 500;
const MOST_SHOWN = 30_000;

interface Found {
  /** As `number: text`. */
  lines: string[];
  /** How many there are. */
  count: number;
}

/** The lines of an output that a pattern fits, from a line on; those that are shown are at most `most`. */
export async function searchOutput(
  output: OutputSoFar,
  { pattern, from, most }: { pattern: Pattern; from: number; most: number },
  { textSearch, signal }: { textSearch: TextSearch; signal: AbortSignal },
): Promise<Found> {
  const found: Found = { lines: [], count: 0 };
  const search = textSearch.open(pattern, signal);
  let number = from;
  let characters = 0;
  let open = '';
  const look = async (text: string): Promise<void> => {
    const lines = text.split('\n');
    const answer = await search.in(lines, most);
    if ('kind' in answer) throw new ToolFailure(whyNot(answer));
    found.count += answer.count;
    for (const { line } of answer.lines) {
      const shown = `${number + line}: ${cutVisibly(lines[line] ?? '', LONGEST_SHOWN)}`;
      characters += shown.length;
      if (found.lines.length < most && characters <= MOST_SHOWN) found.lines.push(shown);
    }
    number += lines.length;
  };
  try {
    for await (const chunk of textFrom(output, from)) {
      open += chunk;
      const end = open.length > PIECE ? open.lastIndexOf('\n') : -1;
      if (end === -1) continue;
      await look(open.slice(0, end));
      open = open.slice(end + 1);
    }
    if (open !== '') await look(open.replace(/\n$/, ''));
    return found;
  } finally {
    await search.close();
  }
}

function whyNot(answer: { kind: 'wrong'; problem: string } | { kind: 'slow'; seconds: number }): string {
  return answer.kind === 'wrong'
    ? `the pattern cannot be used: ${answer.problem}`
    : `the search took longer than ${answer.seconds} s; take a simpler pattern, or begin further down (from)`;
}
