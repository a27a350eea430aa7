import { readFileSync } from 'node:fs';
import { Failure } from '../core/outcome.ts';
import { errorWords } from './faults.ts';

/** So much is read of a task that comes from elsewhere: more is none. */
const MOST_BYTES = 1024 * 1024;

interface Given {
  /** The words of the command line; `-` alone means standard input. */
  words: string;
  file: string | undefined;
  /** Standard input is for something else: answers, or nothing where a run goes on without a message. */
  isTaken: boolean;
}

/** What is to be done, from wherever it was given. Throws a sentence where it cannot be read. */
export async function taskText({ words, file, isTaken }: Given): Promise<string> {
  if (file !== undefined) {
    if (words.trim() !== '') throw new Failure('give the task in words, or in --task-file, not both');
    return fromFile(file);
  }
  if (words === '-') {
    if (isTaken)
      throw new Failure('standard input gives the answers (--answers-from-input): it cannot give the task too');
    return checked(await all(process.stdin), 'standard input');
  }
  if (words.trim() !== '' || isTaken || process.stdin.isTTY) return words;
  return checked(await all(process.stdin), 'standard input', true);
}

function fromFile(file: string): string {
  let bytes;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new Failure(`the task file ${file} cannot be read (${codeOf(error)})`, { cause: error });
  }
  return checked(bytes, `the task file ${file}`);
}

/** `mayBeEmpty`: nobody has said that the task is there. */
function checked(bytes: Buffer, where: string, mayBeEmpty = false): string {
  if (bytes.length > MOST_BYTES) throw new Failure(`${where} is longer than ${MOST_BYTES} bytes: that is no task`);
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Failure(`${where} is not UTF-8 text`, { cause: error });
  }
  if (text.trim() === '' && !mayBeEmpty) throw new Failure(`${where} is empty: say what is to be done`);
  return text.trim();
}

async function all(input: NodeJS.ReadStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of input as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MOST_BYTES) break;
  }
  return Buffer.concat(chunks);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : errorWords(error);
}
