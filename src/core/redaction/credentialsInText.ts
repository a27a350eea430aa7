import { passwordBegunAtEnd, withoutPasswords } from './addresses.ts';
import { valueBegunAtEnd, withoutHeaderValues } from './headers.ts';
import { isTokenLike } from './placeholder.ts';

/**
 * Masks credentials that nobody named, by where they stand: in addresses, headers, and a few settings. `inertOnly` is
 * for what shows an action: there nothing is hidden that a shell would read as more than a word.
 */
export function withoutCredentials(text: string, inertOnly: boolean, onMask: (...hidden: string[]) => void): string {
  return withoutHeaderValues(withoutPasswords(text, inertOnly, onMask), inertOnly, onMask);
}

/** How many characters at the end of a growing text may yet turn out to belong to a credential. */
export function credentialBegunAtEnd(text: string): number {
  return Math.max(passwordBegunAtEnd(text), valueBegunAtEnd(text));
}

const SHORTEST = 12;

/** The credentials of a text that look made by chance: those may be masked wherever they stand, and hide no other word. */
export function credentialsIn(text: string): string[] {
  const found = new Set<string>();
  withoutCredentials(text, false, (...hidden) => {
    // An address may write its letters as %2B, and a program what is meant by it.
    for (const value of hidden) if (isTokenLike(value, SHORTEST)) found.add(value).add(plain(value));
  });
  return [...found];
}

function plain(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
