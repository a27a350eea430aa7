import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pictureOf } from '../../src/core/models/picture.ts';
import { plotPicture } from '../support/plotPicture.ts';
import { colour } from '../../webview/markdown/highlighter.ts';
import type { Coloured } from '../../webview/markdown/coloured.ts';
import { colouredLines } from '../../webview/markdown/colouredLines.ts';

const PNG = Buffer.from(plotPicture().split(',')[1] ?? '', 'base64');
const sized = (width: number, height: number): Buffer => {
  const bytes = Buffer.from(PNG);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
};
const jpeg = (...frames: [number, number][]): Buffer =>
  Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1]),
    ...frames.map(([width, height]) => {
      const frame = Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
      frame.writeUInt16BE(height, 5);
      frame.writeUInt16BE(width, 7);
      return frame;
    }),
    Buffer.from([0xff, 0xda, 0, 2, 0, 0, 0, 0, 0, 0]),
  ]);

test('a picture is one image of a size that can be drawn, whatever its name', () => {
  expect(pictureOf(PNG)).toBe('image/png');
  expect(pictureOf(jpeg([640, 480]))).toBe('image/jpeg');
  expect(pictureOf(sized(4000, 4000))).toBe('image/png');
  expect(pictureOf(sized(4001, 4000))).toBeUndefined();
  expect(pictureOf(sized(0xffffffff, 0xffffffff))).toBeUndefined();
  expect(pictureOf(sized(0, 5))).toBeUndefined();
  expect(pictureOf(jpeg([65535, 65535]))).toBeUndefined();
  expect(pictureOf(jpeg([10, 10], [65535, 65535]))).toBeUndefined(); // whichever of them counts
  expect(pictureOf(jpeg())).toBeUndefined();
  const moving = Buffer.concat([PNG.subarray(0, 33), Buffer.from('\0\0\0\0acTL\0\0\0\0', 'latin1'), PNG.subarray(33)]);
  expect(pictureOf(moving)).toBeUndefined();
  expect(pictureOf(Buffer.from('<svg onload="alert(1)"/>'))).toBeUndefined();
  expect(pictureOf(Buffer.from('GIF89a\x01\x00\x01\x00'))).toBeUndefined();
});

test('whatever bytes come, it ends and throws nothing', () => {
  const heads = [PNG.subarray(0, 8), PNG.subarray(0, 33), Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(0)];
  fc.assert(
    fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 200 }), (head, rest) => {
      const bytes = Buffer.concat([head, rest]);
      expect([undefined, 'image/png', 'image/jpeg']).toContain(pictureOf(bytes.subarray(0)));
    }),
  );
});

test('coloured lines say together what the program says, line by line', () => {
  const said = (pieces: readonly Coloured[]): string =>
    pieces.map((piece) => (typeof piece === 'string' ? piece : said(piece.pieces))).join('');
  const part = fc.constantFrom('"""', '\n', 'x = 1', '# c', '`${', '}`', "'a'", '/*', '*/', '\\', ' ', 'def f():', '');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), fc.constantFrom('python', 'javascript'), (parts, language) => {
      const text = parts.join('');
      const lines = colouredLines(colour(text, language) ?? [text]);
      expect(lines.map(said)).toEqual(text.split('\n'));
    }),
  );
});
