import * as z from 'zod';

const MAX_ARGUMENTS = 8 * 1024 * 1024;

/** Parses what the model sent as arguments; the problem is a sentence that lets it try again. */
export function parseArguments<A>(
  tool: { name: string; parameters: z.ZodType<A> },
  text: string,
): { ok: true; value: A } | { ok: false; problem: string } {
  if (text.length > MAX_ARGUMENTS) return { ok: false, problem: 'the arguments are too long' };
  let value: unknown;
  try {
    value = JSON.parse(text.trim() === '' ? '{}' : text);
  } catch {
    return { ok: false, problem: `the arguments of ${tool.name} are not valid JSON` };
  }
  const parsed = tool.parameters.safeParse(value);
  if (!parsed.success)
    return {
      ok: false,
      problem: `the arguments of ${tool.name} do not fit: ${z.prettifyError(parsed.error).replaceAll('\n', ' ').slice(0, 2000)}`,
    };
  // Bytes of UTF-8 have no such halves: a file or a program would get another character than was shown.
  if (hasHalf(parsed.data))
    return {
      ok: false,
      problem: `the arguments of ${tool.name} hold half a character (a lone surrogate, U+D800 to U+DFFF), which no file and no program can be given`,
    };
  return { ok: true, value: parsed.data };
}

function hasHalf(value: unknown): boolean {
  if (typeof value === 'string') return /[\uD800-\uDFFF]/u.test(value);
  return typeof value === 'object' && value !== null && Object.entries(value).flat().some(hasHalf);
}
