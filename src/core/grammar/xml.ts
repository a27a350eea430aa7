import { problemAt, type Problem } from './problem.ts';
import { withoutMark } from './json.ts';

/** One piece after the other, from where the last one ended (XML 1.0, 2.1): each in time that grows with its length. */
const PIECES =
  /<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<\?[^]*?\?>|<!DOCTYPE(?:[^[>]|\[[^\]]*\])*>|<(?<end>\/?)(?<name>[^\s<>/=!?'"]+)(?:\s+[^\s<>/="']+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(?<empty>\/?)>|(?<text>[^<]+)/gy;
const BARE_AMPERSAND = /&(?!(?:#\d+|#x[\da-f]+|[\w.:-]{1,64});)/i;

/** Whether it is well-formed: elements end where they should, and one holds all. What names mean is not looked at. */
export function xmlProblem(text: string): Problem | undefined {
  const bare = withoutMark(text);
  const open: string[] = [];
  let roots = 0;
  let at = 0;
  for (const piece of bare.matchAll(PIECES)) {
    const { end, name, empty, text: words } = piece.groups ?? {};
    const wrong = (message: string, offset = 0): Problem => problemAt(bare, piece.index + offset, message);
    at = piece.index + piece[0].length;
    if (words !== undefined) {
      if (open.length === 0 && words.trim() !== '') return wrong('text outside of the element that holds all');
      const ampersand = BARE_AMPERSAND.exec(words);
      if (ampersand) return wrong('& that begins no entity', ampersand.index);
    }
    if (name === undefined) continue;
    if (end === '/') {
      const last = open.pop();
      if (last !== name)
        return wrong(last === undefined ? `</${name}> ends nothing` : `<${last}> is ended by </${name}>`);
      continue;
    }
    if (open.length === 0 && (roots += 1) > 1) return wrong('a second element beside the one that holds all');
    if (empty !== '/') open.push(name);
  }
  if (at < bare.length) return problemAt(bare, at, 'this is no markup');
  const last = open.pop();
  if (last !== undefined) return problemAt(bare, bare.length, `<${last}> does not end`);
  return roots === 0 ? problemAt(bare, bare.length, 'no element') : undefined;
}
