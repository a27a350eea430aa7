import { isPlaceholder, isTokenLike, MASK } from './placeholder.ts';

/** `://`, and as JSON may write it. */
const START = /:(?:\/\/|\\\/\\\/)/g;
/** What ends the authority of an address (RFC 3986, 3.2), and what ends an address in a text or a program. */
const END = /[\s/\\"'`<>]/g;
/** Without these a shell reads nothing but a word: a mask on a card hides no second command and no variable. */
const INERT = /^[A-Za-z0-9._~%+=!*^,:#?-]*$/;
const SHORTEST_NAME = 8;
/** Beside a password a name is only taken for a token if it is long: `TOKEN:x-oauth-basic@`. */
const SHORTEST_BESIDE = 16;

/**
 * Masks passwords in addresses: `scheme://name:[redacted]@host`. A name alone is masked over HTTP if it looks like a
 * token. With `inertOnly` a password is left that a shell would read as more than a word. Takes time linear in the text:
 * each authority is looked at once, since what begins the next one ends it.
 */
export function withoutPasswords(text: string, inertOnly: boolean, onMask: (...hidden: string[]) => void): string {
  const kept: string[] = [];
  let after = 0;
  for (const match of text.matchAll(START)) {
    const from = match.index + match[0].length;
    if (from < after) continue;
    const authority = text.slice(from, endOfAuthority(text, from));
    const at = authority.lastIndexOf('@');
    if (at <= 0) continue;
    const userinfo = authority.slice(0, at);
    const isHttp = /https?$/i.test(text.slice(Math.max(0, match.index - 5), match.index));
    const { shown, hidden } = maskedUserinfo(userinfo, isHttp, inertOnly);
    if (shown === userinfo) continue;
    kept.push(text.slice(after, from), shown);
    after = from + at;
    onMask(...hidden);
  }
  return after === 0 ? text : kept.join('') + text.slice(after);
}

function endOfAuthority(text: string, from: number): number {
  END.lastIndex = from;
  return END.exec(text)?.index ?? text.length;
}

function maskedUserinfo(userinfo: string, isHttp: boolean, inertOnly: boolean): { shown: string; hidden: string[] } {
  const colon = userinfo.indexOf(':');
  const name = colon === -1 ? userinfo : userinfo.slice(0, colon);
  const password = colon === -1 ? '' : userinfo.slice(colon + 1);
  // `host:80?q=a@b` and `host?q=a:b@c` are an address without a name, and what is asked for there.
  if (/[?#]/.test(name) || /^\d{1,5}[?#]/.test(password)) return { shown: userinfo, hidden: [] };
  const mayHide = (part: string): boolean => !inertOnly || INERT.test(part);
  const isToken = isHttp && mayHide(name) && isTokenLike(name, password === '' ? SHORTEST_NAME : SHORTEST_BESIDE);
  const hides = password !== '' && mayHide(password) && !isPlaceholder(password);
  const shown = `${isToken ? MASK : name}${colon === -1 ? '' : ':'}${hides ? MASK : password}`;
  return { shown, hidden: [...(isToken ? [name] : []), ...(hides ? [password] : [])] };
}

/** How many characters at the end may yet turn out to be a password: an authority that has not ended. */
export function passwordBegunAtEnd(text: string): number {
  const slashes = Math.max(text.lastIndexOf('://'), text.lastIndexOf(':\\/\\/'));
  if (slashes === -1) return 0;
  const from = slashes + (text.startsWith('://', slashes) ? 3 : 5);
  return endOfAuthority(text, from) === text.length ? text.length - from : 0;
}
