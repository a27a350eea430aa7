// Characters that are not seen, or that change how others are seen: C0 and C1 controls except line feed and
// tab, bidirectional controls (CVE-2021-42574, "Trojan Source"), zero-width and other format characters,
// variation selectors, tag characters, line and paragraph separators, unusual spaces and lone surrogates.
const HIDDEN = /(?![\n\t ])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}\u2800]/gu; // U+2800: braille blank

/** The text with every hidden character written out as `\u{202E}`, so that what is shown is what will run. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16).toUpperCase().padStart(4, '0')}}`;
  });
}

/** As `visible`, on one line: line feeds and tabs are written out too. */
export function visibleLine(text: string): string {
  return visible(text).replace(/\n/g, '\\n').replace(/\t/g, '\\t');
}
