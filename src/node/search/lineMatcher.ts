import type { RE2JS } from 're2js';
import type { Pattern } from '../../core/tools/textSearch.ts';

/** A program larger than this is not run: `(?:[a-z]{1000}){1000}` would stand for a million steps a character. */
const MOST_REPEATED = 20_000;

/** Finds where a pattern first fits in a line, -1 for nowhere; or the sentence that says why it is no pattern. */
export async function lineMatcher(pattern: Pattern): Promise<((line: string) => number) | string> {
  const { text, isExpression, ignoresCase } = pattern;
  if (!isExpression) {
    if (!ignoresCase) return (line) => line.indexOf(text);
    const lower = text.toLowerCase();
    return (line) => line.toLowerCase().indexOf(lower);
  }
  const compiled = await compiledPattern(pattern);
  if (typeof compiled === 'string') return compiled;
  return (line) => {
    const matcher = compiled.matcher(line);
    return matcher.find() ? matcher.start() : -1;
  };
}

/** A pattern made ready, or the sentence that says why it is none. */
export async function compiledPattern({
  text,
  isExpression,
  ignoresCase,
  spansLines,
}: Pattern): Promise<RE2JS | string> {
  const { RE2JS: engine } = await import('re2js');
  const flags =
    (ignoresCase ? engine.CASE_INSENSITIVE : 0) | (spansLines === true ? engine.MULTILINE | engine.DOTALL : 0);
  try {
    const compiled = engine.compile(isExpression ? text : engine.quote(text), flags);
    return compiled.programSize() > MOST_REPEATED ? 'it stands for too much: use smaller counts' : compiled;
  } catch (error) {
    return error instanceof Error ? error.message : 'it cannot be read';
  }
}
