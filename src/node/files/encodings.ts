import { UTF_8, type Decoded, type Encoding, type Encodings, type StreamedDecoder } from '../../core/text/encodings.ts';

/** Byte order marks, longest first (Unicode Standard, 23.8). UTF-32 is none that editors open. */
const MARKS: readonly [bytes: readonly number[], name: string][] = [
  [[0xef, 0xbb, 0xbf], 'UTF-8'],
  [[0xff, 0xfe], 'UTF-16LE'],
  [[0xfe, 0xff], 'UTF-16BE'],
];
const UTF_32: readonly (readonly number[])[] = [
  [0xff, 0xfe, 0, 0],
  [0, 0, 0xfe, 0xff],
];
/** Bytes from which an encoding without a mark is guessed. */
const SAMPLE = 65_536;
/** How sure a guess must be, in percent. */
const SURE = 10;
/** What is left where nothing else fits: the second has a character for each byte. */
const LAST = ['windows-1252', 'ISO-8859-1'];
/** Control characters that no text has: all but tab, line feed, form feed, carriage return, and escape. */
const NO_TEXT = /[^\P{Cc}\t\n\f\r\u{1B}]/u;

/** Encodings by what the bytes say, as editors guess them. Only what can be written again byte for byte is text. */
export class GuessedEncodings implements Encodings {
  async decode(bytes: Uint8Array): Promise<Decoded | undefined> {
    const marked = MARKS.find(([mark]) => begins(bytes, mark));
    if (UTF_32.some((mark) => begins(bytes, mark))) return undefined;
    if (marked) return this.#exactly(bytes, { name: marked[1], mark: true });
    const plain = utf8(bytes);
    if (plain !== undefined && !plain.includes('\0')) return { text: plain, encoding: UTF_8 };
    if (bytes.includes(0)) {
      const name = utf16(bytes);
      return name === undefined ? undefined : this.#exactly(bytes, { name, mark: false });
    }
    for (const name of await guesses(bytes)) {
      const decoded = await this.#exactly(bytes, { name, mark: false });
      if (decoded) return decoded;
    }
    return undefined;
  }

  async streamed(beginning: Uint8Array): Promise<StreamedDecoder | undefined> {
    const name = await this.#nameOf(beginning);
    if (name === undefined) return undefined;
    const decoder = new TextDecoder(name);
    return (bytes, isLast) => decoder.decode(bytes, { stream: !isLast });
  }

  async #nameOf(beginning: Uint8Array): Promise<string | undefined> {
    // The end may be the first half of a character.
    const cuts = [0, 1, 2, 3].map((cut) => beginning.subarray(0, beginning.length - cut));
    if (cuts.some((cut) => utf8(cut)?.includes('\0') === false)) return 'UTF-8';
    const marked = MARKS.find(([mark]) => begins(beginning, mark))?.[1] ?? utf16(beginning.subarray(0, 512));
    if (marked !== undefined || beginning.includes(0)) return marked;
    for (const name of (await guesses(beginning)).filter(isKnown))
      for (const cut of cuts) if (await this.#exactly(cut, { name, mark: false })) return name;
    return undefined;
  }

  async encode({ text, encoding }: Decoded): Promise<Uint8Array | undefined> {
    const bytes = await written(text, encoding);
    return bytes && (await read(bytes, encoding)) === text ? bytes : undefined;
  }

  async #exactly(bytes: Uint8Array, encoding: Encoding): Promise<Decoded | undefined> {
    const text = await read(bytes, encoding);
    if (text === undefined || text.includes('\0') || (encoding.name !== 'UTF-8' && NO_TEXT.test(text)))
      return undefined;
    const again = await written(text, encoding);
    return again && Buffer.compare(again, bytes) === 0 ? { text, encoding } : undefined;
  }
}

async function guesses(bytes: Uint8Array): Promise<string[]> {
  const { analyse } = await import('chardet');
  const likely = analyse(bytes.subarray(0, SAMPLE)).filter(({ confidence }) => confidence >= SURE);
  return [...likely.map(({ name }) => name).filter((name) => !name.startsWith('UTF-')), ...LAST];
}

async function read(bytes: Uint8Array, { name, mark }: Encoding): Promise<string | undefined> {
  if (name === 'UTF-8') return utf8(mark ? bytes.subarray(3) : bytes);
  const { default: iconv } = await import('iconv-lite');
  if (!iconv.encodingExists(name)) return undefined;
  const text = iconv.decode(Buffer.from(mark ? bytes.subarray(2) : bytes), name, { stripBOM: false });
  return text.includes('\u{FFFD}') ? undefined : text;
}

async function written(text: string, { name, mark }: Encoding): Promise<Uint8Array | undefined> {
  const body = name === 'UTF-8' ? Buffer.from(text) : await encoded(text, name);
  const bytes = MARKS.find((one) => one[1] === name)?.[0];
  return mark && bytes ? Buffer.concat([Uint8Array.from(bytes), body]) : body;
}

async function encoded(text: string, name: string): Promise<Buffer> {
  const { default: iconv } = await import('iconv-lite');
  return iconv.encode(text, name, { addBOM: false });
}

/** Whether the platform decodes it as it comes (Encoding Standard, 4.2). */
function isKnown(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== '';
  } catch {
    return false;
  }
}

/** Undefined where the bytes are not UTF-8. A mark in them is a character like any other. */
function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Text of mostly Latin letters in UTF-16 has its zeros in every second place. */
function utf16(bytes: Uint8Array): string | undefined {
  if (bytes.length % 2 !== 0) return undefined;
  const sample = bytes.subarray(0, 512);
  const zeros = [0, 0];
  for (const [at, byte] of sample.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (even === 0 && odd > 0) return 'UTF-16LE';
  return odd === 0 && even > 0 ? 'UTF-16BE' : undefined;
}

function begins(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, at) => bytes[at] === byte);
}
