import type { Card } from '../../../shared/approval.ts';
import type { BlockOf } from '../../../shared/block.ts';
import { countedBlanks } from '../../../shared/cut.ts';
import { visible } from '../../../shared/visible.ts';

const MAX_DIFF = 20_000;

/** The card of a change to one file's text. `before` is undefined for a new file. */
export async function editCard(options: {
  shown: string;
  absolute: string;
  change: 'create' | 'edit' | 'overwrite';
  before: string | undefined;
  after: string;
  unsaved: boolean;
}): Promise<Card> {
  const { createTwoFilesPatch } = await import('diff');
  const patch = createTwoFilesPatch('before', 'after', options.before ?? '', options.after, '', '', {
    context: 3,
    // A pair of huge, wholly different files would take minutes, and nothing else runs meanwhile.
    maxEditLength: 4000,
    timeout: 300,
  });
  // The patch's own head goes, and nothing below it: an added line may well start with `++ after`.
  const lines = patch === undefined ? wholeFile(options).split('\n') : patch.slice(startOfHunks(patch)).split('\n');
  // Enough of each line and of all of them: what is shown never gets shorter by being written out.
  const diff = lines
    .slice(0, MAX_DIFF)
    .map((line) => visible(withBlanks(line.slice(0, MAX_DIFF + 1))))
    .join('\n');
  return diffCard({
    path: options.shown,
    absolute: options.absolute,
    change: options.change,
    diff: diff.length > MAX_DIFF ? cutDiff(diff) : diff,
    shortened: diff.length > MAX_DIFF,
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
    unsaved: options.unsaved,
  });
}

export function diffCard(diff: Omit<BlockOf<'diff'>, 'kind'>): Card {
  return { kind: 'edit', blocks: [{ kind: 'diff', ...diff }] };
}

/** Blanks at the end of a changed line are seen; long runs within a line are counted, for what follows is meant too. */
function withBlanks(line: string): string {
  const sign = line.slice(0, 1);
  if (sign !== '+' && sign !== '-') return line;
  const body = line.slice(1);
  const indent = /^[ \t]*/.exec(body)?.[0] ?? '';
  // Counted from the end: a pattern that looks for the last run tries each run of blanks again at each of its places.
  let to = body.length;
  while (to > indent.length && (body[to - 1] === ' ' || body[to - 1] === '\t')) to -= 1;
  const [text, end] = [body.slice(indent.length, to), body.slice(to)];
  if (text === '') return end + indent === '' ? line : `${sign}${blanks(indent + end)}`;
  return `${sign}${indent.length > 200 ? blanks(indent) : indent}${countedBlanks(text)}${end === '' ? '' : blanks(end)}`;
}

function blanks(run: string): string {
  return ` [${run.length} ${run.length === 1 ? 'blank' : 'blanks'}${run.includes('\t') ? ', tabs among them' : ''}]`;
}

/** All that lies between the lines that both begin and end with: what a difference looks like that took too long. */
function wholeFile(options: { before: string | undefined; after: string }): string {
  const [before, after] = [options.before ?? '', options.after].map((text) => linesOf(text));
  if (!before || !after) return '';
  const most = Math.min(before.length, after.length);
  let same = 0;
  while (same < most && before[same] === after[same]) same += 1;
  let end = 0;
  while (end < most - same && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const mark = (lines: readonly string[], sign: string): string[] =>
    lines.slice(same, lines.length - end).map((line) => sign + line);
  const place = `@@ -${same + 1},${before.length - same - end} +${same + 1},${after.length - same - end} @@`;
  return [place, ...mark(before, '-'), ...mark(after, '+')].join('\n');
}

/** A line end at the end begins no further line. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** The beginning, and how much more there is. */
function cutDiff(diff: string): string {
  const shown = diff.slice(0, MAX_DIFF - 100).replace(/[\uD800-\uDBFF]$/, '');
  const rest = diff.slice(shown.length);
  return `${shown}\n[… ${rest.length} more characters, ${rest.split('\n').length} more lines]`;
}

function startOfHunks(patch: string): number {
  const found = patch.indexOf('\n@@ ');
  return found === -1 ? patch.length : found + 1;
}
