import { ModelFailure } from '../../core/models/port.ts';

const LONGEST = 10_000_000;

/** The lines of a reply as they come, empty ones left out. Whoever stops reading ends the connection. */
export async function* linesOf(response: Response): AsyncIterable<string> {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value = '' } = await reader.read();
      // Only what is new is looked through: a line may come in a million pieces.
      const [first = '', ...lines] = value.split('\n');
      rest += first;
      for (const line of lines) {
        if (rest.trim() !== '') yield rest;
        rest = line;
      }
      if (done && rest.trim() !== '') yield rest;
      if (rest.length > LONGEST)
        throw new ModelFailure('The model did not stop: a line of its reply went over all measure.');
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
