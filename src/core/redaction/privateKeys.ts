/** No private key is written with more characters. */
export const LONGEST_KEY = 16_384;

/** How many characters at the end of a growing text are a private key whose end has not come yet. */
export function keyBegunAtEnd(text: string): number {
  const at = text.lastIndexOf('-----BEGIN');
  if (at === -1 || text.length - at > LONGEST_KEY) return 0;
  const end = text.indexOf('-----END', at);
  return end !== -1 && text.includes('-----', end + 8) ? 0 : text.length - at;
}
