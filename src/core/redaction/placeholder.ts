/** Longer ones are no placeholders: nobody writes them. */
const LONGEST = 200;

/** `$TOKEN`, `${TOKEN}`, `#{token}`, `{{token}}`, `%TOKEN%`, `%(token)s`: where a program puts a value in later. */
const FILLED_LATER = /^(?:\{\{[^{}]*\}\}|[$#%]?\{[^{}]*\}|\$\w+|\$\([^()]*\)|%\([^()]*\)s|%s|%\w+%)+$/;
/** `xxx`, `***`, `...`: written in its place. */
const BLACKED_OUT = /^(?:x{3,}|\*+|\.{3}|…+|[•_-]{3,})$/i;
/** What stands in the place of a credential that nobody named. */
export const MASK = '[redacted]';
/** What a mask looks like. No name holds a bracket: time is linear in the text. */
export const A_MASK = /\[redacted(?::[^[\]\n]*)?\]/g;
const ONLY_A_MASK = new RegExp(`^${A_MASK.source}$`);

/** Whether what stands where a secret would be is none: a variable, a row of crosses, or a mask of ours. */
export function isPlaceholder(text: string): boolean {
  return text.length <= LONGEST && (FILLED_LATER.test(text) || BLACKED_OUT.test(text) || ONLY_A_MASK.test(text));
}

/** Whether a word looks made by chance rather than chosen: of `shortest` or more characters, with digits and letters, or long. */
export function isTokenLike(text: string, shortest: number): boolean {
  const plain = text.replace(/%[0-9a-f]{2}/gi, '');
  if (plain.length < shortest || isPlaceholder(text)) return false;
  return (/[0-9]/.test(plain) && /[a-z]/i.test(plain)) || /^\w{20,}$/.test(plain);
}
