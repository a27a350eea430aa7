import { colourOf, isSame, type Colour } from './colours.ts';

/** What is declared of how an element looks: CSS properties in small letters, each with its value. */
export type Declared = ReadonlyMap<string, string>;

const MOST_DECLARATIONS = 60;
const MOST_VALUE = 300;
/** Further out than this, in pixels, nothing is seen. */
const FAR = 900;

/** Pixels of other units, roughly. */
const UNITS = new Map(
  Object.entries({ em: 16, rem: 16, ch: 8, ex: 8, pt: 4 / 3, vw: 10, vh: 8, cm: 38, mm: 4, in: 96, '%': 10 }),
);

/** The declarations of a `style` attribute or of a rule. */
export function declarations(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of text.split(';', MOST_DECLARATIONS)) {
    const at = part.indexOf(':');
    if (at < 1) continue;
    const value = part
      .slice(at + 1, at + MOST_VALUE)
      .replace(/!\s*important/i, '')
      .trim()
      .toLowerCase();
    found.set(part.slice(0, at).trim().toLowerCase(), value);
  }
  return found;
}

/** Whether an element that looks so shows its text to nobody. `behind`: the colour behind it, where that is known. */
export function isUnseen(declared: Declared, behind: Colour | undefined): boolean {
  const of = (name: string): string => declared.get(name) ?? '';
  if (/^none\b/.test(of('display')) || /^(?:hidden|collapse)\b/.test(of('visibility'))) return true;
  if (of('content-visibility') === 'hidden') return true;
  if (isBelow(of('opacity'), 0.1) || /opacity\(\s*(?:0|0?\.0\d*)%?\s*\)/.test(of('filter'))) return true;
  if (isTiny(of('font-size'), 2) || /^0[a-z%]*(?:\s|\/|$)|\s0(?:px|em|rem|pt|%)?\s*(?:\/|\s)/.test(of('font')))
    return true;
  if (isBelow(of('zoom'), 0.05) || /scale[xy3d]*\(\s*(?:0|0?\.0\d*)\s*[,)]/.test(of('transform'))) return true;
  if (isClipped(of) || isElsewhere(of)) return true;
  return isOfOneColour(of, behind);
}

type Of = (name: string) => string;

/** Cut off, or in a box that has no room and shows nothing outside of it. */
function isClipped(of: Of): boolean {
  if (/^rect\(\s*(?:0|1)(?:px)?[\s,]+(?:0|1)(?:px)?[\s,]+(?:0|1)(?:px)?[\s,]+(?:0|1)(?:px)?\s*\)/.test(of('clip')))
    return true;
  const path = of('clip-path') || of('-webkit-clip-path');
  if (/^inset\(\s*(?:[5-9]\d|\d{3,})%/.test(path) || /^(?:circle|ellipse)\(\s*0/.test(path)) return true;
  if (/^polygon\(\s*0(?:px|%)?\s+0(?:px|%)?\s*(?:,\s*0(?:px|%)?\s+0(?:px|%)?\s*)*\)/.test(path)) return true;
  const cuts = ['overflow', 'overflow-x', 'overflow-y'].some((name) => /hidden|clip/.test(of(name)));
  return cuts && ['height', 'width', 'max-height', 'max-width'].some((name) => isTiny(of(name), 1));
}

/** Outside of all that can be scrolled to. */
function isElsewhere(of: Of): boolean {
  if (Math.abs(pixels(of('text-indent')) ?? 0) >= FAR) return true;
  if (/translate[xy3d]*\([^)]*-\s*\d{4,}/.test(of('transform'))) return true;
  const isPlaced = /^(?:absolute|fixed)/.test(of('position'));
  const sides = ['left', 'top', 'right', 'bottom'].map((name) => pixels(of(name)));
  if (isPlaced && sides.some((side) => side !== undefined && (side <= -FAR || side >= 10 * FAR))) return true;
  return ['margin-left', 'margin-top'].some((name) => (pixels(of(name)) ?? 0) <= -FAR);
}

/** Its letters have the colour of what is behind them, or none. */
function isOfOneColour(of: Of, behind: Colour | undefined): boolean {
  const isCutOut = of('background-clip') === 'text' || of('-webkit-background-clip') === 'text';
  const ink = of('-webkit-text-fill-color') || of('color');
  if (ink === '' || isCutOut) return false;
  const colour = colourOf(ink);
  if (colour === 'none') return true;
  return colour !== undefined && behind !== undefined && behind !== 'none' && isSame(colour, behind);
}

/** The colour that an element gives its background; undefined where it gives none, or one that is not known. */
export function backgroundOf(declared: Declared): Colour | 'unknown' | undefined {
  const value = declared.get('background-color') ?? declared.get('background');
  if (value === undefined) return undefined;
  const colour = colourOf(value);
  return colour === 'none' ? undefined : (colour ?? 'unknown');
}

function isBelow(value: string, most: number): boolean {
  const number = /^[+-]?(?:\d+\.?\d*|\.\d+)/.exec(value)?.[0];
  return number !== undefined && Number(number) / (/%/.test(value) ? 100 : 1) < most;
}

function isTiny(value: string, most: number): boolean {
  const size = pixels(value);
  return size !== undefined && size <= most;
}

/** A length in pixels, roughly; undefined where it is none, or one of something that is not known. */
function pixels(value: string): number | undefined {
  const found = /^([+-]?(?:\d+\.?\d*|\.\d+))(px|em|rem|pt|ch|ex|vw|vh|cm|mm|in|%)?(?:\s|$)/.exec(value);
  if (!found) return undefined;
  const number = Number(found[1]);
  return number * (UNITS.get(found[2] ?? '') ?? 1);
}
