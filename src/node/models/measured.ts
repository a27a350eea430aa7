import { ModelFailure } from '../../core/models/port.ts';

/** Bytes of one reply, with all that the protocol adds to each few characters. */
const MOST_BYTES = 64 * 2 ** 20;
/** Bytes without a line's end: whoever reads lines keeps them until it comes. */
const MOST_IN_LINE = 10_000_000;

/** A reply whose body fails once it is longer than any answer: a server need not stop by itself. */
export function measured(response: Response): Response {
  if (!response.body) return response;
  let bytes = 0;
  let inLine = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.length;
      const end = chunk.lastIndexOf(0x0a);
      const before = end === -1 ? chunk.length : chunk.indexOf(0x0a);
      if (inLine + before > MOST_IN_LINE)
        throw new ModelFailure('The model did not stop: a line of its reply went over all measure.');
      inLine = end === -1 ? inLine + chunk.length : chunk.length - end - 1;
      if (bytes > MOST_BYTES) throw new ModelFailure('The model did not stop: its reply went over all measure.');
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(counted), response);
}
