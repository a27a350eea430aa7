import { cutVisibly } from '../../shared/cut.ts';
import type { Entry } from '../../shared/runView.ts';

// What a transcript has of long texts: the log has all of them, and whoever wants more of one asks there.

/** Characters of an output, and of those for its end: what went wrong mostly stands there. */
const [MOST_OF_OUTPUT, END_OF_OUTPUT] = [4000, 3000];
/** Characters of a reply: its beginning. */
const MOST_OF_REPLY = 20_000;

/** `length`: of all of it, where `output` has been cut before. */
export function shownOutput(output: string, length = output.length): { output: string; outputLength?: number } {
  if (length <= MOST_OF_OUTPUT) return { output };
  return { output: cutVisibly(output, MOST_OF_OUTPUT, END_OF_OUTPUT), outputLength: length };
}

/** What is shown of a reply already goes on standing there, and behind it what is left out. */
export function shownReply(
  text: string,
  { streaming, turn, length = text.length }: { streaming: boolean; turn: number; length?: number },
): Entry {
  if (length <= MOST_OF_REPLY) return { kind: 'assistant', text, streaming };
  const shown = text.slice(0, MOST_OF_REPLY).replace(/[\uD800-\uDBFF]$/, '');
  if (streaming) return { kind: 'assistant', text: shown, streaming };
  const left = length - shown.length;
  return {
    kind: 'assistant',
    text: `${shown}\n[… ${left} more ${left === 1 ? 'character' : 'characters'} …]`,
    streaming,
    whole: { turn, length },
  };
}
