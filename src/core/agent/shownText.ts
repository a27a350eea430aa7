import { cutVisibly } from '../../shared/cut.ts';
import type { Entry } from '../../shared/runView.ts';

// What a transcript has of long texts: the log has all of them, and whoever wants more of one asks there.

/** Characters of an output: its beginning and its end. */
const MOST_OF_OUTPUT = 4000;
/** Characters of a reply: its beginning. */
const MOST_OF_REPLY = 20_000;

export function shownOutput(output: string): { output: string; outputLength?: number } {
  if (output.length <= MOST_OF_OUTPUT) return { output };
  return { output: cutVisibly(output, MOST_OF_OUTPUT), outputLength: output.length };
}

/** What is shown of a reply already goes on standing there, and behind it what is left out. */
export function shownReply(text: string, { streaming, turn }: { streaming: boolean; turn: number }): Entry {
  const left = text.length - MOST_OF_REPLY;
  if (left <= 0) return { kind: 'assistant', text, streaming };
  const shown = text.slice(0, MOST_OF_REPLY).replace(/[\uD800-\uDBFF]$/, '');
  if (streaming) return { kind: 'assistant', text: shown, streaming };
  return {
    kind: 'assistant',
    text: `${shown}\n[… ${text.length - shown.length} more ${text.length - shown.length === 1 ? 'character' : 'characters'} …]`,
    streaming,
    whole: { turn, length: text.length },
  };
}
