// Characters that are not seen, or that change how others are seen: C0 and C1 controls except line feed and
// tab, bidirectional controls (CVE-2021-42574, "Trojan Source"), zero-width and other format characters,
// variation selectors, tag characters, line and paragraph separators, unusual spaces and lone surrogates; signs that
// are drawn as nothing (U+2800 braille blank, U+16FE4 Khitan filler, U+1D159 null note head); marks that are drawn over
// the letter before them (strokes, slashes, circles).
const HIDDEN =
  /(?![\n\t ])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Zs}\p{Me}\p{Default_Ignorable_Code_Point}\u2800\u{16FE4}\u{1D159}\u0334-\u0338\u20D2\u20D3\u20D8-\u20DA\u20E5\u20E6\u20EA\u20EB]/gu;
// Marks above and below letters: no script needs more than four on one; a flood of them covers the lines around.
const FLOOD = /(?<=\p{Mn}{4})\p{Mn}/gu;

/** The text with every hidden character written out as `\u{202E}`, so that what is shown is what will run. */
export function visible(text: string): string {
  return text.replace(FLOOD, written).replace(HIDDEN, written);
}

function written(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `\\u{${code.toString(16).toUpperCase().padStart(4, '0')}}`;
}

/** As `visible`, on one line: line feeds and tabs are written out too. */
export function visibleLine(text: string): string {
  return visible(text).replace(/\n/g, '\\n').replace(/\t/g, '\\t');
}
