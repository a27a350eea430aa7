import { exact, visibleLine } from '../../shared/visible.ts';

// Words of others in a Markdown document stand in code, inside which no renderer obeys anything: no HTML, link, image,
// bare address, mention, footnote or formula. The marks around them are longer than any that they hold.

/** Words of others within a line. */
export function code(text: string): string {
  const shown = visibleLine(text.replace(/\s+/g, ' ').trim());
  if (shown === '') return '';
  const mark = '`'.repeat(longestRun(shown) + 1);
  // A blank at both ends is taken off again by the renderer.
  return `${mark} ${shown} ${mark}`.replace(/^` (?!`)(.*[^`]) `$/, '`$1`');
}

/** Words that hold others': as they are where nothing in them could be a mark, an address or a formula, else in code. */
export function wordsOrCode(text: string): string {
  return /^[\p{L}(“](?:[\p{L}\p{N} ,;:'’“”()-]|\.(?= |$))*$/u.test(text) ? visibleLine(text) : code(text);
}

/** Words of others as lines of their own. They are set in, so that they can be told in the document's source, too. */
export function block(text: string): string[] {
  const shown = exact(text);
  const mark = '`'.repeat(Math.max(3, longestRun(shown) + 1));
  return [`${mark}text`, ...shown.split('\n').map((line) => `    ${line}`), mark];
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((most, { length }) => Math.max(most, length), 0);
}
