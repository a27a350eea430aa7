import type { Pattern } from '../../core/tools/textSearch.ts';

/** Bytes of which some text that is not plain ASCII is made, in whatever encoding. */
const NOT_ASCII = String.raw`[\x80-\xff]`;
/** Such a file is no text, or UTF-16, where a byte stands for nothing by itself. */
const ZERO = String.raw`\x00`;
/** A tab that goes down is white space to one of the two, and so `[^\s]` to the other. */
const VERTICAL_TAB = String.raw`\x0b`;
/** A line may end in a return, which is none of its text; anywhere else it is (so ripgrep's own `--crlf` says too little). */
const LINE_END = String.raw`(?:\r?$)`;

/** What in a class means the same in RE2's syntax and in ripgrep's, where no Unicode is meant. */
const IN_CLASS = String.raw`(?:[A-Za-z0-9_ !"#$%'()*+,./:;<=>?@{|}-]|\\[dws\]\\^.$*+?()|{}/-])`;
/** The same of a whole pattern: letters, escapes, classes, groups, and how often. Whatever else there is may differ. */
const ALIKE = new RegExp(
  String.raw`^(?:[A-Za-z0-9_ !"#%',/:;<=>@~&-]|\.|\^|\$|\||\((?!\?)|\(\?:|\)|\\[dDwWbBs\].\\^$*+?()|{}/-]|\[\^?(?!\])` +
    String.raw`${IN_CLASS}+\]|[*+?]\??|\{\d{1,3}(?:,\d{0,3})?\}\??)+$`,
);

/**
 * Patterns for ripgrep, without Unicode, of which a file fits at least one where it may hold what is looked for: too many
 * files fit, and none too few. Undefined where that cannot be said.
 */
export function ripgrepPatterns({ text, isExpression, ignoresCase, spansLines }: Pattern): string[] | undefined {
  // It is asked about single lines.
  if (spansLines === true || /[\r\n\0]/.test(text)) return undefined;
  const isAscii = /^[\x20-\x7e\t]*$/.test(text);
  if (!isExpression) {
    if (!isAscii) return [NOT_ASCII, ZERO];
    // Letters that are written otherwise become plain ones as their case is ignored.
    return [escaped(text), ZERO, ...(ignoresCase ? [NOT_ASCII] : [])];
  }
  if (!ALIKE.test(text) || /&&|--|~~/.test(text) || fitsNothing(text)) return undefined;
  return [withLineEnds(text), ZERO, NOT_ASCII, VERTICAL_TAB];
}

function withLineEnds(expression: string): string {
  return expression.replace(/\\.|\[(?:\\.|[^\]])+\]|\$/g, (part) => (part === '$' ? LINE_END : part));
}

/** Such a pattern is found in an empty file as well. */
function fitsNothing(text: string): boolean {
  try {
    return new RegExp(text).test('');
  } catch {
    return true;
  }
}

function escaped(text: string): string {
  return Array.from(text, (character) =>
    /[A-Za-z0-9]/.test(character) ? character : String.raw`\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  ).join('');
}
