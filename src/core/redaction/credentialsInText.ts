import { passwordBegunAtEnd, withoutPasswords } from './addresses.ts';
import { valueBegunAtEnd, withoutHeaderValues } from './headers.ts';

/**
 * Masks credentials that nobody named, by where they stand: in addresses, headers, and a few settings. `inertOnly` is
 * for what shows an action: there nothing is hidden that a shell would read as more than a word.
 */
export function withoutCredentials(text: string, inertOnly: boolean, onMask: () => void): string {
  return withoutHeaderValues(withoutPasswords(text, inertOnly, onMask), inertOnly, onMask);
}

/** How many characters at the end of a growing text may yet turn out to belong to a credential. */
export function credentialBegunAtEnd(text: string): number {
  return Math.max(passwordBegunAtEnd(text), valueBegunAtEnd(text));
}
