import { Failure } from '../../core/outcome.ts';

/** What came is more than anything that is waited for. */
export class TooMuchCame extends Failure {
  override name = 'TooMuchCame';
}

/** Bytes of one answer, with all that a protocol adds to each few characters. */
const MOST_BYTES = 64 * 2 ** 20;
/** Bytes without a line's end: whoever reads lines keeps them until it comes. */
const MOST_IN_LINE = 10_000_000;

/**
 * An answer whose body fails once it is longer than any that is meant: a server need not stop by itself. Counted as the
 * bytes come, before they are decoded or joined; nothing is decompressed anywhere (request.ts).
 */
export function measured(response: Response): Response {
  if (!response.body) return response;
  let bytes = 0;
  let inLine = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.length;
      const end = chunk.lastIndexOf(0x0a);
      const before = end === -1 ? chunk.length : chunk.indexOf(0x0a);
      if (inLine + before > MOST_IN_LINE) throw new TooMuchCame('a line of its reply went over all measure');
      inLine = end === -1 ? inLine + chunk.length : chunk.length - end - 1;
      if (bytes > MOST_BYTES) throw new TooMuchCame('its reply went over all measure');
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(counted), response);
}
