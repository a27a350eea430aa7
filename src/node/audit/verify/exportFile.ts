import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import * as z from 'zod';
import { canonicalJson } from '../../../shared/json.ts';
import type { Row } from './chainCheck.ts';
import { eventLine, parsed, parsedEnd, parsedHeader, type ExportEnd } from './exportFormat.ts';
import type { Source } from './verifyLog.ts';
import { Failure } from '../../../core/outcome.ts';

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
  const first = linesOf(file, '').next().value?.text ?? '';
  // Programs that hand files on may end every line as Windows does; no line of an export has such a character itself.
  const ending = first.endsWith('\r') ? '\r' : '';
  const opening = linesOf(file, ending);
  const header = parsedHeader(opening.next().value?.text ?? '');
  if (!header) throw strange(file, 1);
  const { log, account, from, events, part, format } = header;
  const introductions: { body: string; prev: string }[] = [];
  for (const { text, number } of opening) {
    const value = parsed(text);
    const writer = WriterSchema.safeParse(value);
    if (!writer.success) break;
    const body = canonicalJson((value as { writer: unknown }).writer);
    if (text !== `{"writer":${body},"prev":${JSON.stringify(writer.data.prev)}}`) throw strange(file, number);
    introductions.push({ body, prev: writer.data.prev });
  }
  const found: { end?: ExportEnd } = {};
  return {
    count: events,
    *rows(): Iterable<Row> {
      delete found.end;
      for (const line of linesOf(file, ending)) {
        if (line.number <= 1 + introductions.length) continue;
        if (found.end) throw strange(file, line.number); // nothing comes after the end
        const end = format === 1 ? undefined : parsedEnd(line.text);
        if (end) found.end = end;
        else yield rowOf(line, file);
      }
    },
    says: { log, account, last: from.seq + events },
    ...(part !== 'all' && { part: { from, introductions } }),
    exported: { header, end: () => found.end },
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

function strange(file: string, line: number): Error {
  return new Failure(`${file}:${line}: this is not a line of an audit export`);
}

const LONGEST = 64 << 20;

/** `ending`: what stands at the end of every line, besides the line feed. */
function* linesOf(file: string, ending: '' | '\r'): Generator<Line, undefined> {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(1 << 20);
    let rest: Buffer = Buffer.alloc(0);
    let number = 0;
    for (let read = readSync(descriptor, buffer); read > 0; read = readSync(descriptor, buffer)) {
      let whole = Buffer.concat([rest, buffer.subarray(0, read)]);
      for (let end = whole.indexOf(10); end !== -1; end = whole.indexOf(10)) {
        number += 1;
        yield { text: textOf(whole.subarray(0, end), ending), number };
        whole = whole.subarray(end + 1);
      }
      if (whole.length > LONGEST) throw new Failure(`${file}:${number + 1}: the line is too long`);
      rest = whole;
    }
    if (rest.length > 0) yield { text: textOf(rest, ending), number: number + 1 };
  } finally {
    closeSync(descriptor);
  }
  return undefined;
}

/** Bytes that are no UTF-8 are no line: what replaces them would look like something that was recorded. */
function textOf(bytes: Buffer, ending: '' | '\r'): string {
  const text = isUtf8(bytes) ? bytes.toString('utf8') : '';
  if (ending === '') return text;
  return text.endsWith(ending) ? text.slice(0, -1) : '';
}
