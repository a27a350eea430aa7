import { closeSync, openSync, readSync } from 'node:fs';
import * as z from 'zod';
import { canonicalJson } from '../../../shared/json.ts';
import type { Row } from './chainCheck.ts';
import type { Source } from './verifyLog.ts';

const HeaderSchema = z.strictObject({
  oversign: z.literal('audit export'),
  format: z.literal(1),
  log: z.string(),
  account: z.string(),
  part: z.string(),
  events: z.number(),
  from: z.strictObject({ seq: z.number().int().min(0), hash: z.string() }),
});
const WriterSchema = z.strictObject({ writer: z.looseObject({}), prev: z.string() });
/** Shapes alone: what is hashed is the line itself, which a schema might change. */
const LineSchema = z.strictObject({
  event: z.looseObject({ seq: z.number() }),
  hash: z.string(),
  payload: z.unknown().optional(),
  salt: z.string().optional(),
});

/** An export as a source of events, a line at a time. Throws with the line's number where one is not of the format. */
export function exportSource(file: string): Source {
  const opening = linesOf(file);
  const header = HeaderSchema.safeParse(parsed(opening.next().value?.text ?? ''));
  if (!header.success) throw strange(file, 1);
  const { log, account, from, events, part } = header.data;
  const introductions: { body: string; prev: string }[] = [];
  for (const { text } of opening) {
    const value = parsed(text);
    const writer = WriterSchema.safeParse(value);
    if (!writer.success) break;
    introductions.push({ body: canonicalJson((value as { writer: unknown }).writer), prev: writer.data.prev });
  }
  return {
    count: events,
    *rows(): Iterable<Row> {
      for (const line of linesOf(file)) {
        if (line.number <= 1 + introductions.length) continue;
        yield rowOf(line, file);
      }
    },
    says: { log, account, last: from.seq + events },
    ...(part !== 'all' && { part: { from, introductions } }),
  };
}

interface Line {
  text: string;
  number: number;
}

/**
 * A line must be the one text that its content has: else somebody who reads it by eye, or with another program, might
 * see something else than what was checked (a key that stands there twice).
 */
function rowOf(line: Line, file: string): Row {
  const value = parsed(line.text);
  if (!LineSchema.safeParse(value).success) throw strange(file, line.number);
  const { event, hash, payload, salt } = value as {
    event: { seq: number };
    hash: string;
    payload?: unknown;
    salt?: string;
  };
  const [body, text] = [canonicalJson(event), payload === undefined ? null : canonicalJson(payload)];
  const isSame = line.text === eventLine({ body, hash, salt: salt ?? null, payload: text }).trimEnd();
  return { seq: event.seq, body: isSame ? body : '', hash, salt: salt ?? null, payload: text };
}

/** An event as a line of an export. Texts are canonical already. */
export function eventLine({ body, hash, salt, payload }: Pick<Row, 'body' | 'hash' | 'salt' | 'payload'>): string {
  const rest = payload === null ? '' : `,"payload":${payload},"salt":${JSON.stringify(salt)}`;
  return `{"event":${body},"hash":${JSON.stringify(hash)}${rest}}\n`;
}

function strange(file: string, line: number): Error {
  return new Error(`${file}:${line}: this is not a line of an audit export`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const LONGEST = 64 << 20;

function* linesOf(file: string): Generator<Line, undefined> {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(1 << 20);
    let rest: Buffer = Buffer.alloc(0);
    let number = 0;
    for (let read = readSync(descriptor, buffer); read > 0; read = readSync(descriptor, buffer)) {
      let whole = Buffer.concat([rest, buffer.subarray(0, read)]);
      for (let end = whole.indexOf(10); end !== -1; end = whole.indexOf(10)) {
        number += 1;
        yield { text: whole.toString('utf8', 0, end), number };
        whole = whole.subarray(end + 1);
      }
      if (whole.length > LONGEST) throw new Error(`${file}:${number + 1}: the line is too long`);
      rest = whole;
    }
    if (rest.length > 0) yield { text: rest.toString('utf8'), number: number + 1 };
  } finally {
    closeSync(descriptor);
  }
  return undefined;
}
