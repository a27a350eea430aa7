import * as z from 'zod';
import type { AnyTool } from './tool.ts';

const MAX_ARGUMENTS = 8 * 1024 * 1024;

/** Parses what the model sent as arguments; the problem is a sentence that lets it try again. */
export function parseArguments(
  tool: AnyTool,
  text: string,
): { ok: true; value: unknown } | { ok: false; problem: string } {
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
  return { ok: true, value: parsed.data };
}
