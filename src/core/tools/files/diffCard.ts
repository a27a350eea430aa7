import type { Card } from '../../../shared/approval.ts';
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
  const whole = lines.join('\n');
  const diff = visible(whole.slice(0, MAX_DIFF + 1)); // it never gets shorter
  return {
    kind: 'edit',
    path: options.shown,
    absolute: options.absolute,
    change: options.change,
    diff: diff.slice(0, MAX_DIFF),
    shortened: diff.length > MAX_DIFF,
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
    unsaved: options.unsaved,
  };
}

function wholeFile(options: { before: string | undefined; after: string }): string {
  const mark = (text: string, sign: string): string =>
    text
      .split('\n')
      .map((line) => sign + line)
      .join('\n');
  return `${mark(options.before ?? '', '-')}\n${mark(options.after, '+')}`;
}

function startOfHunks(patch: string): number {
  const found = patch.indexOf('\n@@ ');
  return found === -1 ? patch.length : found + 1;
}
