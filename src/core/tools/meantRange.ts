import type { Json } from '../../shared/json.ts';

type Given = Record<string, Json>;

/** How other tools are told which lines to read; `offset` counts lines from 0 or from 1, and a line too many does no harm. */
const PAIRS = ['view_range', 'line_range', 'lines'];

/**
 * The lines that a call wants where a tool takes `start_line` and `end_line`: an offset and a number of lines, a pair,
 * 0 for the first line, -1 for the last. Whoever says both ways what is wanted is left to the schema.
 */
export function rangeMeant(given: Given, properties: object): Given {
  if (!('start_line' in properties && 'end_line' in properties)) return given;
  const { offset, limit, ...others } = given;
  const pair = PAIRS.find((name) => isPair(others[name]));
  const isSaid = 'start_line' in given || 'end_line' in given;
  if (pair !== undefined && !isSaid && offset === undefined && limit === undefined) {
    const [start_line, end_line] = others[pair] as [Json, Json];
    const { [pair]: _, ...rest } = others;
    return whole({ ...rest, start_line, end_line });
  }
  if (isSaid || (offset === undefined && limit === undefined)) return whole(given);
  const [from, count] = [number(offset, 1), number(limit, undefined)];
  if (from === undefined || (count ?? 1) < 1) return given;
  const start_line = Math.max(1, from);
  if (limit === undefined || limit === null) return { ...others, start_line };
  return count === undefined ? given : { ...others, start_line, end_line: start_line + count - 1 };
}

/** From the beginning, to the end. */
function whole(given: Given): Given {
  const { start_line, end_line, ...others } = given;
  return {
    ...others,
    ...(start_line !== undefined && { start_line: number(start_line, 0) === 0 ? 1 : start_line }),
    ...(end_line !== undefined && number(end_line, 0) !== -1 && { end_line }),
  };
}

function isPair(value: Json | undefined): boolean {
  return Array.isArray(value) && value.length === 2 && value.every((one) => number(one, undefined) !== undefined);
}

/** A whole number, or its text; `otherwise` where nothing is said. */
function number(value: Json | undefined, otherwise: number | undefined): number | undefined {
  if (value === undefined || value === null || value === '') return otherwise;
  const read = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof read === 'number' && Number.isSafeInteger(read) ? read : undefined;
}
