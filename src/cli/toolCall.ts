import * as z from 'zod';
import { MAX_LINE } from './lines.ts';

/** What a caller may name a call, to find its answer again. */
const IdSchema = z.union([z.string().max(1000), z.number(), z.null()]);
export type CallId = z.infer<typeof IdSchema>;

const ExpectSchema = z.enum(['allow', 'ask', 'deny']);
const LineSchema = z.object({
  tool: z.string(),
  arguments: z.unknown().optional(),
  id: IdSchema.optional(),
  expect: ExpectSchema.optional(),
  rule: z.string().optional(),
});

/** A line that is a tool call: `call` as a model would make it. */
export interface ToolLine {
  ok: true;
  id: CallId | undefined;
  call: { name: string; arguments: string };
  /** What the caller says must come of it. */
  expect?: { decision: z.infer<typeof ExpectSchema>; rule?: string };
}

/** A tool call in a line of JSON, or why it is none; its `id` also where the rest of it is wrong. */
export function toolCall(line: string): ToolLine | { ok: false; id: CallId | undefined; problem: string } {
  const wrong = (problem: string, id?: CallId): { ok: false; id: CallId | undefined; problem: string } => ({
    ok: false,
    id,
    problem,
  });
  if (line.length > MAX_LINE) return wrong('the line is too long');
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return wrong('the line is not valid JSON');
  }
  const parsed = LineSchema.safeParse(value);
  if (!parsed.success) {
    const words = z.prettifyError(parsed.error).replaceAll('\n', ' ').slice(0, 500);
    return wrong(`the line is no tool call: ${words}`, idOf(value));
  }
  // As it stands, `__proto__` and all: what a run would refuse is refused here.
  const { tool, arguments: args = {}, id, expect, rule } = parsed.data;
  if (typeof args !== 'object' || args === null || Array.isArray(args))
    return wrong('the line is no tool call: its arguments are no object', id);
  return {
    ok: true,
    id,
    call: { name: tool, arguments: JSON.stringify(args) },
    ...(expect !== undefined && { expect: { decision: expect, ...(rule !== undefined && { rule }) } }),
  };
}

function idOf(value: unknown): CallId | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'id')) return undefined;
  const parsed = IdSchema.safeParse((value as { id: unknown }).id);
  return parsed.success ? parsed.data : undefined;
}
