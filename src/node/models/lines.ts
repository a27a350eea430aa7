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
      const lines = (rest + value).split('\n');
      rest = done ? '' : (lines.pop() ?? '');
      for (const line of lines) if (line.trim() !== '') yield line;
      if (rest.length > LONGEST)
        throw new ModelFailure('The model did not stop: a line of its reply went over all measure.');
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
