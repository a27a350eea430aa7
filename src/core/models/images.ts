/** A picture that a result shows, or a person puts into a message: it goes to a model that takes them, is not stored, and nobody looks into it. */
export interface Image {
  mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
  base64: string;
}

/** Bytes. As base64 it stays below what every provider takes of one image (5 MB). */
export const MAX_IMAGE = 3_500_000;

/** What files of these types begin with. Latin letters stand for their bytes. */
const BEGINNINGS: readonly (readonly [Image['mediaType'], RegExp])[] = [
  ['image/png', /^\x89PNG\r\n\x1a\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF[^]{4}WEBP/],
];

/** The type of an image, as its bytes say; undefined where they are of none that models take. */
export function imageTypeOf(bytes: Uint8Array): Image['mediaType'] | undefined {
  const beginning = String.fromCharCode(...bytes.subarray(0, 16));
  return BEGINNINGS.find(([, pattern]) => pattern.test(beginning))?.[0];
}

/** Whether a model of this name is known to take images. */
export function isSeeing(model: string): boolean {
  return SEEING.test(model);
}

const SEEING =
  /gpt-4o|gpt-4\.[1-9]|gpt-4-turbo|gpt-[5-9]|(?:^|\/)o1(?!-mini)|(?:^|\/)o3(?!-mini)|(?:^|\/)o4|claude-[^12i]|gemini|gemma-?3|vision|(?:^|[-\d/.])vl(?![a-z])|llava|pixtral|minicpm-v|moondream|llama-?4|mistral-(?:small3|medium-3)/i;
