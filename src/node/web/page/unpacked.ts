import { brotliDecompressSync, constants, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';

/** A little becomes much: no more than this is unpacked. */
export const MOST_UNPACKED = 2 * 1024 ** 2;

/** What was packed although nobody asked for that; undefined where it cannot be unpacked, or becomes too much. */
export function unpacked(bytes: Uint8Array, encoding: string): Uint8Array | undefined {
  const maxOutputLength = MOST_UNPACKED;
  // What was cut off gives what it can.
  const zlib = { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH };
  try {
    switch (encoding) {
      case '':
      case 'identity':
        return bytes;
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(bytes, zlib);
      case 'deflate':
        return inflateSync(bytes, zlib);
      case 'br':
        return brotliDecompressSync(bytes, { maxOutputLength, finishFlush: constants.BROTLI_OPERATION_FLUSH });
      case 'zstd':
        return zstdDecompressSync(bytes, { maxOutputLength });
    }
  } catch {
    // Not what it says it is, or too much.
  }
  return undefined;
}
