/**
 * Signs that nobody sees, and that models read: format characters, tags, fillers, and variation selectors in a row, in
 * which whole texts can be written. What is kept (the first part): one joiner between two letters of a script that needs
 * them, or between two pictures; and the first selector behind a sign.
 */
const UNSEEN =
  /((?<=[[\p{L}\p{M}]--[\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Hani}\p{sc=Zinh}]])[\u200C\u200D](?=[\p{L}--[\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Hani}]])|(?<=[\p{Extended_Pictographic}\uFE0F\p{Emoji_Modifier}])\u200D(?=\p{Extended_Pictographic}))|(?<=[\uFE00-\uFE0F])[\uFE00-\uFE0F]+|[\u034F\u17B4\u17B5\p{Cf}\u{E0000}-\u{E0FFF}\u2800\u3164\uFFA0\u115F\u1160]/gv;
const CONTROLS = /[\p{Cc}](?<![\n\r\t])/gu;

/** A text as it is seen, and how many signs of it were not. What controls terminals becomes a mark that is seen. */
export function seen(text: string): { text: string; unseen: number } {
  let unseen = 0;
  const visible = text.replace(UNSEEN, (signs: string, joiner: string | undefined) => {
    if (joiner !== undefined) return joiner;
    unseen += [...signs].length;
    return '';
  });
  return { text: visible.replace(CONTROLS, '\uFFFD'), unseen };
}
