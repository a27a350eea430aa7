import { imageTypeOf } from './images.ts';

/** Pixels. A small file may stand for far more than whoever draws it has memory for. */
const MOST_PIXELS = 16_000_000;

/** The type of a picture that is one image of a size that can be drawn; undefined for all else. */
export function pictureOf(bytes: Uint8Array): 'image/png' | 'image/jpeg' | undefined {
  const type = imageTypeOf(bytes);
  const size = type === 'image/png' ? sizeOfPng(bytes) : type === 'image/jpeg' ? sizeOfJpeg(bytes) : undefined;
  if (!size || (type !== 'image/png' && type !== 'image/jpeg')) return undefined;
  const pixels = size.width * size.height;
  return pixels > 0 && pixels <= MOST_PIXELS ? type : undefined;
}

interface Size {
  width: number;
  height: number;
}

/** Its first chunk says it (PNG, 5.6 and 11.2.2). One that moves is none: how many pictures it is says no header. */
function sizeOfPng(bytes: Uint8Array): Size | undefined {
  const view = viewOf(bytes);
  if (bytes.length < 33 || nameAt(bytes, 12) !== 'IHDR') return undefined;
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    const name = nameAt(bytes, at + 4);
    if (name === 'acTL') return undefined;
    if (name === 'IDAT') break;
  }
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** The frame's own header says it (ITU-T T.81, B.2.2): of several frames the largest counts. */
function sizeOfJpeg(bytes: Uint8Array): Size | undefined {
  const view = viewOf(bytes);
  let found: Size | undefined;
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xda) break;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (!isFrame) continue;
    const size = { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    if (!found || size.width * size.height > found.width * found.height) found = size;
  }
  return found;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function nameAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
