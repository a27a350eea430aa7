import { SealedReceiptSchema, type Exposure, type Receipt, type SealedReceipt } from '../../shared/exposure.ts';
import { canonicalJson } from '../../shared/json.ts';
import { receiptHtml } from './receiptHtml.ts';
import { receiptMarkdown } from './receiptMarkdown.ts';

export const RECEIPT_FORMS = ['md', 'html', 'json'] as const;
export type ReceiptForm = (typeof RECEIPT_FORMS)[number];

/** Of a log: its name, and the fingerprint of the account's key. */
export type LogName = Receipt['log'];

type Hash = (text: string) => string;

/** What an account can show others of a run, with a digest over all of it. */
export function sealed(
  { exposure, log, events }: { exposure: Exposure; log: LogName; events: Receipt['events'] },
  hash: Hash,
): SealedReceipt {
  const receipt: Receipt = { receipt: 'oversign privacy receipt', version: 1, log, events, exposure };
  return { ...receipt, digest: digestOf(receipt, hash) };
}

/** The one text that a receipt has in a form. */
export function receiptText(receipt: SealedReceipt, form: ReceiptForm): string {
  switch (form) {
    case 'md':
      return receiptMarkdown(receipt, blockText(receipt));
    case 'html':
      return receiptHtml(receipt, blockText(receipt));
    case 'json':
      return `${seen(JSON.stringify(JSON.parse(canonicalJson(receipt)), null, 2))}\n`;
  }
}

/** A receipt that was read again, or what is wrong with it, as a sentence. */
export type ReadReceipt = { ok: true; receipt: SealedReceipt } | { ok: false; isReceipt: boolean; problem: string };

/**
 * Reads a receipt in any of its forms. It must be the one text that its content has, to the letter: what people read in
 * it and what is checked cannot differ. Ends of lines may be those of another system.
 */
export function readReceipt(text: string, hash: Hash): ReadReceipt {
  const plain = text.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n');
  const form: ReceiptForm = plain.startsWith('{') ? 'json' : plain.startsWith('<!doctype html>') ? 'html' : 'md';
  const value = parsed(form === 'json' ? plain : (blockIn(plain) ?? ''));
  const read = SealedReceiptSchema.safeParse(value);
  if (!read.success) return { ok: false, isReceipt: false, problem: 'this is not a receipt of Oversign' };
  const { digest, ...content } = read.data;
  const changed = (problem: string): ReadReceipt => ({ ok: false, isReceipt: true, problem });
  if (digestOf(content, hash) !== digest)
    return changed('its digest is not the one of its content: something in it was changed');
  const whole = receiptText(read.data, form);
  if (whole === plain) return { ok: true, receipt: read.data };
  return changed(`line ${firstUnlike(whole, plain)} of it is not what its content says, or another version wrote it`);
}

function digestOf(receipt: Receipt, hash: Hash): string {
  return hash(`oversign receipt v1\n${canonicalJson(receipt)}`);
}

const [BEGIN, END] = ['-----BEGIN OVERSIGN RECEIPT-----', '-----END OVERSIGN RECEIPT-----'];

/** The receipt as programs read it, in three lines of letters that no format means anything by. */
function blockText(receipt: SealedReceipt): string {
  const text = seen(canonicalJson(receipt)).replace(/[<>&'`]/g, numbered);
  return [BEGIN, text, END].join('\n');
}

/** JSON in which every character can be seen, and none is another one's double: all but those of ASCII by their numbers. */
function seen(json: string): string {
  return json.replace(/[^\n -~]/g, numbered);
}

function numbered(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Undefined where there is none, or more than one: nobody could say which is meant. */
function blockIn(text: string): string | undefined {
  const lines = text.split('\n');
  const at = lines.indexOf(BEGIN);
  const isOne = at !== -1 && lines.lastIndexOf(BEGIN) === at && lines[at + 2] === END;
  return isOne ? lines[at + 1] : undefined;
}

function firstUnlike(one: string, other: string): number {
  const [a, b] = [one.split('\n'), other.split('\n')];
  const at = a.findIndex((line, index) => line !== b[index]);
  return (at === -1 ? a.length : at) + 1;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
