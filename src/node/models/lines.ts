/**
 * The lines of a reply as they come, empty ones too, whatever ends them. Whoever stops reading ends the connection. How
 * much a server may send is the door's business.
 */
export async function* linesOf(response: Response): AsyncIterable<string> {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  // The first half of a line's end may come in one piece, and the other half in the next.
  let isHalfEnded = false;
  try {
    for (;;) {
      const { done, value = '' } = await reader.read();
      const text: string = (isHalfEnded ? '\r' : '') + value;
      isHalfEnded = !done && text.endsWith('\r');
      // Only what is new is looked through: a line may come in a million pieces.
      const [first = '', ...lines] = (isHalfEnded ? text.slice(0, -1) : text).split(/\r\n|\n|\r/);
      rest += first;
      for (const line of lines) {
        yield rest;
        rest = line;
      }
      if (!done) continue;
      if (rest !== '') yield rest;
      return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
