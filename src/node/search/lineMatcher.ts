import type { Pattern } from '../../core/tools/textSearch.ts';

/** A program larger than this is not run: `(?:[a-z]{1000}){1000}` would stand for a million steps a character. */
const MOST_REPEATED = 20_000;

/** Finds where a pattern first fits in a line, -1 for nowhere; or the sentence that says why it is no pattern. */
export async function lineMatcher({
  text,
  isExpression,
  ignoresCase,
}: Pattern): Promise<((line: string) => number) | string> {
  if (!isExpression) {
    if (!ignoresCase) return (line) => line.indexOf(text);
    const lower = text.toLowerCase();
    return (line) => line.toLowerCase().indexOf(lower);
  }
  const { RE2JS } = await import('re2js');
  try {
    const compiled = RE2JS.compile(text, ignoresCase ? RE2JS.CASE_INSENSITIVE : 0);
    if (compiled.programSize() > MOST_REPEATED) return 'it stands for too much: use smaller counts';
    return (line) => {
      const matcher = compiled.matcher(line);
      return matcher.find() ? matcher.start() : -1;
    };
  } catch (error) {
    return error instanceof Error ? error.message : 'it cannot be read';
  }
}
