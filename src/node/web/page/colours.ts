/** Red, green and blue, 0 to 255; `none` is what is seen through. */
export type Colour = readonly [number, number, number] | 'none';

/** Those that text is hidden in: what stands on paper, or on a night sky. */
const NAMED: ReadonlyMap<string, Colour> = new Map<string, Colour>([
  ['transparent', 'none'],
  ['white', [255, 255, 255]],
  ['snow', [255, 250, 250]],
  ['ivory', [255, 255, 240]],
  ['ghostwhite', [248, 248, 255]],
  ['whitesmoke', [245, 245, 245]],
  ['floralwhite', [255, 250, 240]],
  ['mintcream', [245, 255, 250]],
  ['azure', [240, 255, 255]],
  ['aliceblue', [240, 248, 255]],
  ['black', [0, 0, 0]],
  ['red', [255, 0, 0]],
  ['green', [0, 128, 0]],
  ['blue', [0, 0, 255]],
  ['yellow', [255, 255, 0]],
  ['gray', [128, 128, 128]],
  ['grey', [128, 128, 128]],
]);
/** Colours nearer than this nobody tells apart (the sum of what they differ by). */
const NEAR = 24;

/** A colour as CSS writes it; undefined where it is not known. */
export function colourOf(written: string): Colour | undefined {
  const value = written.trim().toLowerCase();
  const name = /^[a-z]+/.exec(value)?.[0];
  if (name !== undefined && NAMED.has(name)) return NAMED.get(name);
  const hex = /^#([0-9a-f]{3,8})\b/.exec(value)?.[1];
  if (hex !== undefined) return ofHex(hex);
  const parts = /^rgba?\(([^)]{1,80})\)/
    .exec(value)?.[1]
    ?.split(/[\s,/]+/)
    .filter((part) => part !== '');
  if (!parts || parts.length < 3) return undefined;
  const [red = 0, green = 0, blue = 0] = parts.map((part) => Number.parseFloat(part) * (part.endsWith('%') ? 2.55 : 1));
  const alpha = parts[3] === undefined ? 1 : Number.parseFloat(parts[3]) / (parts[3].endsWith('%') ? 100 : 1);
  return alpha < 0.1 ? 'none' : [red, green, blue];
}

function ofHex(hex: string): Colour | undefined {
  const digits = hex.length <= 4 ? [...hex].map((digit) => digit + digit) : (hex.match(/../g) ?? []);
  const [red, green, blue, alpha = 255] = digits.map((two) => Number.parseInt(two, 16));
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  return alpha < 26 ? 'none' : [red, green, blue];
}

/** Whether letters of one are not seen on the other. */
export function isSame(one: Colour, other: Colour): boolean {
  if (one === 'none' || other === 'none') return false;
  return one.reduce((sum, value, at) => sum + Math.abs(value - (other[at] ?? 0)), 0) < NEAR;
}
