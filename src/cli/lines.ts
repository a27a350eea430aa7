/** A longer line is no call; it comes cut. */
export const MAX_LINE = 8 * 1024 * 1024;

/** A line of input, and where it ends: bytes from the beginning. */
export interface Line {
  text: string;
  number: number;
  end: number;
}

/** Lines end with a line feed and with nothing else, as JSON Lines have it; one that is too long comes cut. */
export async function* linesOf(input: AsyncIterable<Buffer | string>): AsyncIterable<Line> {
  const decoder = new TextDecoder();
  let rest = '';
  let number = 0;
  let end = 0;
  for await (const chunk of input) {
    end += chunk.length;
    const parts = (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })).split('\n');
    const first = parts.shift() ?? '';
    if (rest.length <= MAX_LINE) rest += first;
    while (parts.length > 0) {
      number += 1;
      yield { text: rest.replace(/\r$/, ''), number, end };
      rest = parts.shift() ?? '';
    }
  }
  if (rest !== '') yield { text: rest.replace(/\r$/, ''), number: number + 1, end };
}
