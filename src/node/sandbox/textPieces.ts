const LENGTH = 128 * 1024;
/** More than an object's name and what stands around it. */
const OVERLAP = 512;

/**
 * A text (each byte a character) in pieces that end with a line, so that nobody has to look through megabytes at once.
 * Of a line that is longer than a piece the next one repeats an end, so that no word is torn.
 */
export function* piecesOf(bytes: Buffer): Generator<string> {
  for (let at = 0; at < bytes.length;) {
    const most = Math.min(bytes.length, at + LENGTH);
    const lineEnd = most === bytes.length ? most : bytes.lastIndexOf(10, most - 1) + 1;
    const end = lineEnd > at ? lineEnd : most;
    yield bytes.toString('latin1', at, end);
    at = end === lineEnd ? end : end - OVERLAP;
  }
}
