import { brotliCompressSync, gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { expect, test } from 'vitest';
import { readSource } from '../../src/node/web/page/readSource.ts';
import { read, source } from '../support/pageSource.ts';

const JAPANESE = 'これは日本語のページです。文字コードの確認をしています。';
const RUSSIAN = 'Это страница на русском языке, достаточно длинная для догадки.';

test.each<[what: string, bytes: Uint8Array, charset: string, expected: string]>([
  ['by its head', iconv.encode(`<p>${JAPANESE}`, 'Shift_JIS'), 'shift_jis', JAPANESE],
  ['by the page', iconv.encode(`<meta charset="euc-jp"><p>${JAPANESE}`, 'EUC-JP'), '', JAPANESE],
  [
    'by the page, the old way',
    iconv.encode(`<meta http-equiv=Content-Type content="text/html; charset=windows-1251"><p>${RUSSIAN}`, 'win1251'),
    '',
    RUSSIAN,
  ],
  ['by its mark, whatever its head says', iconv.encode('\uFEFF<p>ü', 'utf-16le'), 'iso-8859-1', 'ü'],
  ['UTF-8 where nobody says anything', Buffer.from('<p>ü'), '', 'ü'],
  ['a guess where it is none', iconv.encode(`<p>${RUSSIAN.repeat(5)}`, 'koi8-r'), '', RUSSIAN.repeat(5)],
  ['a name that nobody knows', Buffer.from('<p>ü'), 'no-such-thing', 'ü'],
  ['a page that says UTF-16 in ASCII', Buffer.from('<meta charset=utf-16><p>ü'), '', 'ü'],
  ['never UTF-7, in which other letters are the marks', Buffer.from('<p>+ADw-b+AD4-'), 'utf-7', '+ADw-b+AD4-'],
])('%s', async (_what, bytes, charset, expected) => {
  expect(read(await readSource(source(bytes, { charset, all: true }), false)).text).toBe(expected);
});

test('what is packed all the same is unpacked, within a measure', async () => {
  const html = Buffer.from('<p>packed</p>');
  for (const [packed, bytes] of [
    ['gzip', gzipSync(html)],
    ['br', brotliCompressSync(html)],
  ] as const)
    expect(read(await readSource(source(bytes, { packed, all: true }), false)).text).toBe('packed');
  const bomb = gzipSync(Buffer.alloc(50 * 1024 ** 2, 0x20));
  expect(await readSource(source(bomb, { packed: 'gzip' }), false)).toHaveProperty('unreadable');
  expect(await readSource(source(html, { packed: 'gzip' }), false)).toHaveProperty('unreadable');
  expect(await readSource(source(html, { packed: 'constructor' }), false)).toHaveProperty('unreadable');
});
