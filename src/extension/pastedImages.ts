import { createHash } from 'node:crypto';
import { imageTypeOf, MAX_IMAGE, type Image } from '../core/models/images.ts';
import { Failure } from '../core/outcome.ts';

/**
 * Images that a person put into a message, in base64, and the words that stand for them wherever only words go: the
 * transcript, the log, a run that is resumed. They say by a digest what was sent.
 */
export function pastedImages(pasted: readonly string[]): { words: string; images: Image[] } {
  const images: Image[] = [];
  const words: string[] = [];
  for (const base64 of pasted) {
    const bytes = Buffer.from(base64, 'base64');
    const mediaType = imageTypeOf(bytes);
    if (mediaType === undefined) throw new Failure('Only PNG, JPEG, GIF and WebP images can be sent.');
    if (bytes.length > MAX_IMAGE)
      throw new Failure(`An image of ${bytes.length} bytes is too large: the most is ${MAX_IMAGE} bytes.`);
    // As it was read: what stands behind the end of the base64 goes nowhere.
    images.push({ mediaType, base64: bytes.toString('base64') });
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    words.push(`[Image: ${mediaType.slice('image/'.length).toUpperCase()}, ${bytes.length} bytes, SHA-256 ${digest}…]`);
  }
  return { images, words: words.length === 0 ? '' : `\n\n${words.join('\n')}` };
}
