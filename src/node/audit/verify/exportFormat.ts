import * as z from 'zod';
import { canonicalJson } from '../../../shared/json.ts';
import type { Row } from './chainCheck.ts';

/** The lines of an export. Each has one spelling: what is read by eye, or by another program, is what was checked. */

const HeaderSchema = z.strictObject({
  oversign: z.literal('audit export'),
  /** 1: of versions before exports had a signed end. */
  format: z.literal([1, 2]),
  log: z.string(),
  account: z.string(),
  part: z.string(),
  events: z.number().int().min(0),
  from: z.strictObject({ seq: z.number().int().min(0), hash: z.string() }),
});
export type ExportHeader = z.infer<typeof HeaderSchema>;

/** The first line: which log, and which part of it. */
export function headerLine({ oversign, format, log, account, part, events, from }: ExportHeader): string {
  const { seq, hash } = from;
  return `${JSON.stringify({ oversign, format, log, account, part, events, from: { seq, hash } })}\n`;
}

export function parsedHeader(line: string): ExportHeader | undefined {
  const header = HeaderSchema.safeParse(parsed(line));
  return header.success && headerLine(header.data).trimEnd() === line ? header.data : undefined;
}

/** An event as a line of an export. Texts are canonical already. */
export function eventLine({ body, hash, salt, payload }: Pick<Row, 'body' | 'hash' | 'salt' | 'payload'>): string {
  const rest = payload === null ? '' : `,"payload":${payload},"salt":${JSON.stringify(salt)}`;
  return `{"event":${body},"hash":${JSON.stringify(hash)}${rest}}\n`;
}

/** What is counted of an export when its end is reached. */
export interface ExportCounts {
  /** The last event, and its hash. */
  last: number;
  hash: string;
  payloads: number;
  /** Payloads that were recorded and are not in it: erased, or left out. */
  missing: number;
  runs: number;
  /** Which payloads are in it: SHA-256 of the numbers of their events, a line each. Exports of earlier versions have none. */
  shown?: string;
}

/** What the account signs at the end: the head line and the counts, in canonical JSON. */
export function endText(header: ExportHeader, counts: ExportCounts): string {
  return canonicalJson({ ...header, ...counts });
}

export function endLine(end: string, signature: string): string {
  return `{"end":${end},"signature":${JSON.stringify(signature)}}\n`;
}

/** The last line of an export, and the text that is signed. */
export interface ExportEnd {
  text: string;
  said: Record<string, unknown>;
  signature: string;
}

const EndSchema = z.strictObject({ end: z.looseObject({}), signature: z.string() });

export function parsedEnd(line: string): ExportEnd | undefined {
  if (!line.startsWith('{"end":')) return undefined;
  const value = parsed(line);
  const checked = EndSchema.safeParse(value);
  if (!checked.success) return undefined;
  const { end, signature } = value as { end: Record<string, unknown>; signature: string };
  const own = Buffer.from(signature, 'base64').toString('base64');
  const text = canonicalJson(end);
  return endLine(text, own).trimEnd() === line ? { text, said: end, signature } : undefined;
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
