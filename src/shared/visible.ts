// Characters that are not seen, or that change how others are seen: C0 and C1 controls except line feed and
// tab, bidirectional controls (CVE-2021-42574, "Trojan Source"), zero-width and other format characters,
// variation selectors, tag characters, line and paragraph separators, unusual spaces and lone surrogates.
const HIDDEN =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u00A0\u00AD\u034F\u061C\u115F\u1160\u1680\u17B4\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB]|[\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]|[\p{Cs}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

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
