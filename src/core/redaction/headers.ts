import { isPlaceholder, isTokenLike, MASK } from './placeholder.ts';

const SHORTEST = 8;

/** Names of HTTP headers that carry a credential, as servers ask for them (RFC 9110, 11.6; GitLab, Vault, Azure, Google). */
const NAMES = [
  '(?:proxy-)?authorization',
  '(?:private|job|deploy)-token',
  'x-(?:api|auth|access|gitlab|vault|csrf)-(?:key|token)',
  'x-(?:goog|functions|amz)-(?:api-key|key|security-token)',
  'api-key',
].join('|');
/** Every quantifier is bounded but that of the value, which is never tried again: time is linear in the text. */
const GAP = '[ \\t]{0,4}';
const QUOTE = '(?:\\\\?["\'`])?';
const VALUE = '[A-Za-z0-9._~+/-]+={0,3}';
const HEADER = new RegExp(
  `((?<!\\w)(?:${NAMES})${QUOTE}${GAP}([:=])${GAP}${QUOTE}(?:([a-z][a-z0-9-]{1,20})[ \\t]{1,4})?)(${VALUE})(?![A-Za-z0-9(\\[{$])`,
  'gi',
);
/**
 * git-config(1), http.extraHeader: whatever header stands there, somebody put it there for a server to see. `git config
 * --get-regexp` has a blank, and `-z` a line break, where the file has its `=`.
 */
const EXTRA_HEADER = `((?:extraheader${GAP}=${GAP}|\\.extraheader[ \\n])${QUOTE}[a-z0-9-]{1,64}${GAP}:${GAP}(?:[a-z][a-z0-9-]{1,20}[ \\t]{1,4})?)`;
/** In a file it goes to the end of the line; in a command the next word is something else. */
const EXTRA_LINE = new RegExp(`${EXTRA_HEADER}([^\\s"'\`\\\\][^"'\`\\\\\\r\\n]*)`, 'gi');
const EXTRA_WORD = new RegExp(`${EXTRA_HEADER}([^\\s"'\`\\\\]+)`, 'gi');
/** Settings that hold a credential and nothing else: git send-email, npm, and a credential helper written out. */
const SETTING = new RegExp(
  `((?:(?:\\bsmtppass|:_authtoken|:_password|:_auth|\\becho[ \\t]{1,4}${QUOTE}password)${GAP}=${GAP}|\\.smtppass[ \\n])${QUOTE})([^\\s"'\`\\\\;]+)`,
  'gi',
);
/** Credentials among what an address asks for. */
const QUERY =
  /([?&](?:(?:access|private|auth|job)_token|token|api_?key|sig|signature|password|secret)=)([\w.~%+/-]+)/gi;
/** The scheme is known to be followed by a credential; after any other word there must be something like one. */
const SCHEMES = /^(?:basic|bearer|token)$/i;
const INERT = /^[\w.~%+=/!*^,:-]*$/;

/** Masks the values of headers and settings that carry a credential. With `inertOnly`, as in addresses.ts. */
export function withoutHeaderValues(text: string, inertOnly: boolean, onMask: (hidden: string) => void): string {
  const mask = (kept: string, value: string): string => {
    onMask(value);
    return kept + MASK;
  };
  const all = (whole: string, kept: string, value: string): string =>
    isPlaceholder(value) || (inertOnly && !INERT.test(value)) ? whole : mask(kept, value);
  return text
    .replace(inertOnly ? EXTRA_WORD : EXTRA_LINE, all)
    .replace(SETTING, all)
    .replace(QUERY, (whole, kept: string, value: string) => (isTokenLike(value, 16) ? mask(kept, value) : whole))
    .replace(HEADER, (whole, kept: string, sign: string, scheme: string | undefined, value: string) =>
      isCredential(kept, sign, scheme, value) ? mask(kept, value) : whole,
    );
}

function isCredential(kept: string, sign: string, scheme: string | undefined, value: string): boolean {
  if (value.length < SHORTEST || isPlaceholder(value)) return false;
  if (scheme !== undefined && SCHEMES.test(scheme)) return isTokenLike(value, SHORTEST) || /[a-z][A-Z]|=$/.test(value);
  // `authorization = client.oauth2` is a program: headers have a colon there, or a dash in their name.
  if (sign === '=' && !kept.includes('-')) return false;
  const isMember = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/.test(value) && !value.startsWith('eyJ');
  return /[0-9]/.test(value) && isTokenLike(value, SHORTEST) && !isMember;
}

/** Far enough back for any token: a header's value is rarely longer. */
const LOOKED_BACK = 16_384;
/** The name, which may be seen, and the rest of the line, which may not yet. */
const BEGUN = [
  new RegExp(`(?<!\\w)(?:${NAMES}|extraheader)(${QUOTE}${GAP}(?:[:=][^\\n]*)?)$`, 'i'),
  /\.(?:smtppass|extraheader)( [^\n]*)?$/i,
  /(?:smtppass|:_authtoken|:_password|:_auth|echo[ \t]{1,4}(?:\\?["'`])?password)([ \t]{0,4}(?:=[^\n]*)?)$/i,
  /[?&](?:(?:access|private|auth|job)_token|token|api_?key|sig|signature|password|secret)((?:=[\w.~%+/-]*)?)$/i,
];

/** How many characters at the end may yet turn out to be the value of such a header or setting. */
export function valueBegunAtEnd(text: string): number {
  const line = text.slice(Math.max(text.lastIndexOf('\n') + 1, text.length - LOOKED_BACK));
  return Math.max(...BEGUN.map((begun) => begun.exec(line)?.[1]?.length ?? 0));
}
