import { visit } from 'jsonc-parser';
import * as z from 'zod';
import type { Json } from '../../shared/json.ts';
import { visibleLine } from '../../shared/visible.ts';
import { meantArguments, takesWords, type ShapeOf } from './meantArguments.ts';

const MAX_ARGUMENTS = 8 * 1024 * 1024;
const MAX_PROBLEM = 2000;

export type ParsedArguments<A> = { ok: true; value: A } | { ok: false; problem: string };

/** Parses what models send as arguments of a tool; the problem is a sentence that lets one try again. */
export function argumentsReader<A>(tool: { name: string; parameters: z.ZodType<A>; schema?: object | undefined }) {
  const shape = shapeOf(tool.parameters);
  const wrong = (what: string): { ok: false; problem: string } => ({
    ok: false,
    problem: `${what}. ${takesWords(tool.name, shape)}`,
  });
  return (text: string): ParsedArguments<A> => {
    if (text.length > MAX_ARGUMENTS) return { ok: false, problem: 'the arguments are too long' };
    const given = jsonOf(text);
    if (given === undefined) return wrong(`the arguments of ${tool.name} are not valid JSON`);
    const twice = givenTwice(text);
    if (twice !== undefined)
      return wrong(`the arguments of ${tool.name} do not fit: ${visibleLine(twice).slice(0, 100)} is given twice`);
    // What a plugin takes is not known well enough to say what else could have been meant.
    const { value, problem } = tool.schema ? { value: given } : meantArguments(given, shape);
    if (problem !== undefined) return wrong(`the arguments of ${tool.name} do not fit: ${problem}`);
    return fitting(tool, value, wrong);
  };
}

/** Values that fit what a tool takes; `wrong` says it where they do not. */
export function fitting<A>(
  { name, parameters }: { name: string; parameters: z.ZodType<A> },
  value: Json,
  wrong: (what: string) => { ok: false; problem: string } = (problem) => ({ ok: false, problem }),
): ParsedArguments<A> {
  const parsed = parameters.safeParse(value);
  if (!parsed.success)
    return wrong(`the arguments of ${name} do not fit: ${issueWords(parsed.error).slice(0, MAX_PROBLEM)}`);
  // Bytes of UTF-8 have no such halves: a file or a program would get another character than was shown.
  if (hasHalf(parsed.data))
    return {
      ok: false,
      problem: `the arguments of ${name} hold half a character (a lone surrogate, U+D800 to U+DFFF), which no file and no program can be given`,
    };
  return { ok: true, value: parsed.data };
}

function shapeOf(parameters: z.ZodType): ShapeOf {
  return z.toJSONSchema(parameters, { io: 'input' }) as ShapeOf;
}

/** JSON, or JSON that came as a text of JSON; nothing at all means no arguments. */
function jsonOf(text: string): Json | undefined {
  try {
    const value = JSON.parse(text.trim() === '' ? '{}' : text) as Json;
    return typeof value === 'string' ? (JSON.parse(value) as Json) : value;
  } catch {
    return undefined;
  }
}

/** A name that one object has twice: which of both is meant cannot be told. */
function givenTwice(text: string): string | undefined {
  const open: Set<string>[] = [];
  let twice: string | undefined;
  try {
    visit(text, {
      onObjectBegin: () => {
        open.push(new Set());
      },
      onObjectProperty: (name) => {
        const names = open.at(-1);
        if (names?.has(name) === true) twice ??= name;
        names?.add(name);
      },
      onObjectEnd: () => {
        open.pop();
      },
    });
  } catch {
    return undefined; // nested too deeply to be arguments: the schema says so
  }
  return twice;
}

function issueWords(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ')
    .replaceAll('\n', ' ');
}

function hasHalf(value: unknown): boolean {
  if (typeof value === 'string') return /[\uD800-\uDFFF]/u.test(value);
  return typeof value === 'object' && value !== null && Object.entries(value).flat().some(hasHalf);
}
