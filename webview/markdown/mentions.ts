import type { FilePlace } from './target.ts';

/** A piece of a text: words, or a place in a file that may be there. */
export type Piece = { readonly text: string; readonly place?: FilePlace };

/** Characters of a path that is looked for in words, and how many of them in one text. */
const [MOST_OF_PATH, MOST_MENTIONS] = [300, 200];
const PART = /[\p{L}\p{N}_@.+\-/~]/u;
const PLACE = /:([1-9]\d{0,6})(?::([1-9]\d{0,5}))?(?![\w:/])/g;

/** The places of files (`src/a.ts:4`, `src/a.ts:4:2`) in words. Takes time by its length alone. */
export function mentionsIn(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let [at, found] = [0, 0];
  for (const match of text.matchAll(PLACE)) {
    const path = pathBefore(text, match.index, at);
    if (path === '' || (found += 1) > MOST_MENTIONS) continue;
    const start = match.index - path.length;
    if (start > at) pieces.push({ text: text.slice(at, start) });
    at = match.index + match[0].length;
    pieces.push({ text: text.slice(start, at), place: place(path, match[1], match[2]) });
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}

function pathBefore(text: string, end: number, least: number): string {
  let start = end;
  while (start > least && end - start <= MOST_OF_PATH && PART.test(text.charAt(start - 1))) start -= 1;
  const path = text.slice(start, end);
  return isPath(path) && text.charAt(start - 1) !== ':' ? path : '';
}

/** What is set in backticks and may be a file: `src/a.ts`, `package.json`, `src/a.ts:4`. */
export function mentionOf(code: string): FilePlace | undefined {
  const [, path = '', line, column] =
    /^([\p{L}\p{N}_@.+\-/~]{1,300}?)(?::([1-9]\d{0,6})(?::([1-9]\d{0,5}))?)?$/u.exec(code) ?? [];
  return isPath(path) ? place(path, line, column) : undefined;
}

/** It has a folder or an ending, and is no number, address, version or run of dots. */
function isPath(path: string): boolean {
  return (
    path.length <= MOST_OF_PATH &&
    !path.startsWith('//') &&
    !path.endsWith('/') &&
    /[\p{L}_]/u.test(path) &&
    /\/|[^.]\.\p{L}|^\.\p{L}/u.test(path)
  );
}

function place(path: string, line: string | undefined, column: string | undefined): FilePlace {
  return {
    path,
    ...(line !== undefined && { line: Number(line) }),
    ...(column !== undefined && { column: Number(column) }),
  };
}
