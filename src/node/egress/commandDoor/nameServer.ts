import type { Socket } from 'node:dgram';
import type { MadeUpNames } from './madeUpNames.ts';

// Answers of a name server (RFC 1035, section 4), with addresses that are made up: nothing of a question goes on.
const HEADER = 12;
const [QUESTION_TYPE_A, CLASS_IN] = [1, 1];
const FLAGS = { answer: 0x8180, noSuchName: 0x8183 };
const SECONDS_TO_LIVE = 30;
const MOST_LABELS = 127;

/** So many questions no build asks; each costs this process a moment. */
const MOST_QUESTIONS = 20_000;

/** Answers each question that comes, until there were too many. */
export function answerNames(socket: Socket, names: MadeUpNames, looked: (name: string) => void): void {
  let left = MOST_QUESTIONS;
  socket.on('error', () => undefined);
  socket.on('message', (message, { port, address }) => {
    left -= 1;
    if (left < 0) {
      closed(socket);
      return;
    }
    const reply = answerTo(message, names, looked);
    if (reply) socket.send(reply, port, address, () => undefined);
  });
}

/** The reply to a question; undefined where it is none. */
export function answerTo(message: Buffer, names: MadeUpNames, looked: (name: string) => void): Buffer | undefined {
  const question = questionOf(message);
  if (!question) return undefined;
  const { name, type, isInternet, end } = question;
  const address = isInternet ? names.addressOf(name) : undefined;
  const isAnswered = address !== undefined && type === QUESTION_TYPE_A;
  if (isAnswered) looked(name);
  const reply = Buffer.concat([message.subarray(0, end), ...(isAnswered ? [record(address)] : [])]);
  reply.writeUInt16BE(address ? FLAGS.answer : FLAGS.noSuchName, 2);
  reply.writeUInt16BE(isAnswered ? 1 : 0, 6);
  reply.writeUInt32BE(0, 8);
  return reply;
}

/** One that was closed before throws. */
export function closed(socket: { close(): unknown }): void {
  try {
    socket.close();
  } catch {
    // it is
  }
}

/** Of the first question, where there is no other: no server answers more. */
function questionOf(message: Buffer): { name: string; type: number; isInternet: boolean; end: number } | undefined {
  if (message.length < HEADER + 5 || message.readUInt16BE(4) !== 1) return undefined;
  const isQuery = ((message[2] ?? 0xff) & 0xf8) === 0;
  const labels: string[] = [];
  let at = HEADER;
  for (let length = message[at] ?? 0; isQuery && length !== 0; length = message[at] ?? 0) {
    const label = message.subarray(at + 1, at + 1 + length);
    // A dot in a label is no dot of the name; a pointer has no place here.
    if (length > 63 || label.length < length || label.includes(0x2e) || labels.length >= MOST_LABELS) return undefined;
    labels.push(label.toString('latin1'));
    at += 1 + length;
    if (at >= message.length) return undefined;
  }
  const end = at + 5;
  if (!isQuery || end > message.length) return undefined;
  const isInternet = message.readUInt16BE(at + 3) === CLASS_IN;
  return { name: labels.join('.'), type: message.readUInt16BE(at + 1), isInternet, end };
}

function record(address: readonly number[]): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc0_00 + HEADER, 0); // the name of the question
  head.writeUInt16BE(QUESTION_TYPE_A, 2);
  head.writeUInt16BE(CLASS_IN, 4);
  head.writeUInt32BE(SECONDS_TO_LIVE, 6);
  head.writeUInt16BE(address.length, 10);
  return Buffer.concat([head, Buffer.from(address)]);
}
