import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { bytesOf, exactlyEdited, textFile } from '../../src/core/text/textFile.ts';
import { GuessedEncodings } from '../../src/node/files/encodings.ts';

const encodings = new GuessedEncodings();

/** As editors write them, with text that tells the encoding. */
const SAMPLES: readonly [name: string, encoding: string, text: string, addBOM?: boolean][] = [
  ['UTF-8', 'utf8', 'naïve — 日本'],
  ['UTF-8 with a mark', 'utf8', 'naïve', true],
  ['UTF-16LE with a mark', 'utf16le', 'naïve 日本', true],
  ['UTF-16LE', 'utf16le', 'plain enough'],
  ['UTF-16BE with a mark', 'utf16-be', 'naïve 日本', true],
  ['Windows-1252', 'windows-1252', 'café “quoted” — naïve façade'],
  ['Latin-1', 'latin1', 'Grüße aus Köln, schöne Straße'],
  ['Shift_JIS', 'shift_jis', 'こんにちは世界。これはテストです。日本語のコメント'],
  ['EUC-JP', 'euc-jp', 'こんにちは世界。これはテストです。日本語のコメント'],
  ['Windows-1251', 'windows-1251', 'Привет, мир. Это проверка кодировки файла'],
  ['GB18030', 'gb18030', '你好，世界。这是一个用来测试编码的文件，里面有很多常用的汉字，我们的程序应该能够认出来'],
];

describe.each(SAMPLES)('%s', (_name, encoding, text, addBOM = false) => {
  const body = `first line\r\n${text}\r\nlast\n`;
  const bytes = iconv.encode(body, encoding, { addBOM });

  test('is read as it was written, and written back byte for byte', async () => {
    const file = await textFile(bytes, 'a.txt', encodings);
    expect(file.exact).toBe(body);
    expect(Buffer.from(await bytesOf(file.exact, { ...file, shown: 'a.txt' }, encodings))).toEqual(bytes);
  });

  test('an edit leaves all other bytes as they were', async () => {
    const file = await textFile(bytes, 'a.txt', encodings);
    const exact = exactlyEdited(
      file,
      { old_text: 'first line\n', new_text: 'one\ntwo\n', replace_all: false },
      { shown: 'a.txt', secret: false },
    );
    const after = Buffer.from(await bytesOf(exact, { ...file, shown: 'a.txt' }, encodings));
    expect(after).toEqual(iconv.encode(`one\r\ntwo\r\n${text}\r\nlast\n`, encoding, { addBOM }));
  });

  test('is read in pieces, wherever they are cut', async () => {
    const long = iconv.encode(body.repeat(50), encoding, { addBOM });
    for (const size of [long.length, 997, 1501]) {
      const decode = await encodings.streamed(long.subarray(0, size));
      let read = '';
      for (let at = 0; at < long.length; at += size) read += decode?.(long.subarray(at, at + size), false) ?? '';
      expect(read + (decode?.(new Uint8Array(), true) ?? '')).toBe(body.repeat(50));
    }
  });
});

test('what an encoding has no place for is refused, and nothing is put in its place', async () => {
  const encoding = { name: 'windows-1252', mark: false };
  await expect(bytesOf('日本', { encoding, shown: 'a.txt' }, encodings)).rejects.toThrow('a.txt is windows-1252 text');
  expect(await encodings.encode({ text: 'lone \u{D800}', encoding: { name: 'UTF-8', mark: false } })).toBeUndefined();
});

test.each([
  ['a picture', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70)],
  ['every byte', Uint8Array.from({ length: 512 }, (_, at) => at % 256)],
  ['control characters', Uint8Array.of(0x41, 0xe9, 1, 2, 3, 4)],
  ['UTF-32', Uint8Array.of(0xff, 0xfe, 0, 0, 0x41, 0, 0, 0)],
  ['half a unit of UTF-16', Uint8Array.of(0xff, 0xfe, 0x41, 0, 0x42)],
])('%s is no text', async (_name, bytes) => {
  expect(await encodings.decode(bytes)).toBeUndefined();
});

test('whatever is read as text is written back byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
      const decoded = await encodings.decode(bytes);
      if (decoded) expect(Buffer.from((await encodings.encode(decoded)) ?? [])).toEqual(Buffer.from(bytes));
    }),
    { numRuns: 2000 },
  );
});
