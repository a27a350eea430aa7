import { isUtf8 } from 'node:buffer';

/**
 * File names on Linux are bytes, and not all of them are UTF-8. As text, a byte that is not becomes a lone surrogate
 * (U+DC80 to U+DCFF, as in Python's PEP 383), so that rules see the rest of the name and the way back loses nothing.
 */
export function textOfName(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = [1, 2, 3, 4].find((n) => at + n <= bytes.length && isUtf8(bytes.subarray(at, at + n)));
    text +=
      length === undefined ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0)) : bytes.toString('utf8', at, at + length);
    at += length ?? 1;
  }
  return text;
}

/** The bytes of a name or path that `textOfName` gave; plain UTF-8 for every other text. */
export function bytesOfPath(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  return Buffer.concat(
    Array.from(text, (character) => {
      const code = character.charCodeAt(0);
      return character.length === 1 && code >= 0xdc80 && code <= 0xdcff
        ? Buffer.of(code - 0xdc00)
        : Buffer.from(character);
    }),
  );
}
