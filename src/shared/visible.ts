import { IN_PROSE } from './prose.ts';

// Characters that are not seen, or that change how others are seen: C0 and C1 controls except line feed and
// tab, bidirectional controls (CVE-2021-42574, "Trojan Source"), zero-width and other format characters,
// variation selectors, tag characters, line and paragraph separators, unusual spaces and lone surrogates; signs that
// are drawn as nothing (U+2800 braille blank, U+16FE4 Khitan filler, U+1D159 null note head); marks that are drawn over
// the letter before them (strokes, slashes, circles).
const HIDDEN =
  /(?![\n\t ])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Zs}\p{Me}\p{Default_Ignorable_Code_Point}\u2800\u{16FE4}\u{1D159}\u0334-\u0338\u20D2\u20D3\u20D8-\u20DA\u20E5\u20E6\u20EA\u20EB]/gu;
// Marks above and below letters: no script needs more than four on one; a flood of them covers the lines around.
const FLOOD = /(?<=\p{Mn}{4})\p{Mn}/gu;

/** In prose, or else hidden. */
const HIDDEN_IN_PROSE = new RegExp(`(${IN_PROSE.source})|${HIDDEN.source}`, 'gu');

/**
 * What counts to the letter (a command, a path, a change) with every hidden character written out as `\u{202E}`, so that
 * what is shown is what will run.
 */
export function exact(text: string): string {
  return text.replace(FLOOD, written).replace(HIDDEN, written);
}

/**
 * What is read (words of a person or of the agent, what a program put out): as `exact`, but that characters which
 * belong to how a language or an emoji is written stand as they are.
 */
export function visible(text: string): string {
  return text.replace(FLOOD, written).replace(HIDDEN_IN_PROSE, (found, inProse?: string) => inProse ?? written(found));
}

/** A character by its number: `\u{202E}`. */
export function written(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `\\u{${code.toString(16).toUpperCase().padStart(4, '0')}}`;
}

/** As `exact`, on one line: line feeds and tabs are written out too. */
export function visibleLine(text: string): string {
  return oneLine(exact(text));
}

/** As `visible`, on one line. */
export function proseLine(text: string): string {
  return oneLine(visible(text));
}

function oneLine(shown: string): string {
  return shown.replace(/\n/g, '\\n').replace(/\t/g, '\\t');
}
