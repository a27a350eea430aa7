import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { problemAt, type Problem } from './problem.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/** As RFC 8259 has it, and as most programs read it. */
export function jsonProblem(text: string): Problem | undefined {
  try {
    JSON.parse(withoutMark(text));
    return undefined;
  } catch (error) {
    return firstProblem(text, false) ?? { message: error instanceof Error ? error.message : String(error) };
  }
}

/** With comments and trailing commas, as editors and compilers read their own settings. */
export function jsoncProblem(text: string): Problem | undefined {
  return firstProblem(text, true);
}

/** A value a line. */
export function jsonLinesProblem(text: string): Problem | undefined {
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const problem = jsonProblem(line);
    if (problem) return { ...problem, line: index + 1 };
  }
  return undefined;
}

export function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

function firstProblem(text: string, isLoose: boolean): Problem | undefined {
  const errors: ParseError[] = [];
  const bare = withoutMark(text);
  parse(bare, errors, { disallowComments: !isLoose, allowTrailingComma: isLoose, allowEmptyContent: false });
  const [first] = errors;
  return first && problemAt(bare, first.offset, words(printParseErrorCode(first.error)));
}

/** "CommaExpected" as "comma expected". */
function words(code: string): string {
  return code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
