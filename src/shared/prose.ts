// Characters that nobody sees and that belong to how a language or an emoji is written, where they belong. Each is
// bound to what stands around it: anywhere else it may hide or reorder something, and is written out.

/** Letters of scripts that join (Unicode, ArabicShaping.txt): a joiner between two of them says whether these two do. */
const JOINING = String.raw`[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}]`;

/** Signs that take a consonant's vowel away (Unicode, Indic_Syllabic_Category=Virama): a joiner behind one shapes it. */
const VIRAMA = String.raw`[\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D4D\u0DCA\u1039\u17D2\u1B44\uA9C0]`;
const INDIC = String.raw`[\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}]`;

/** Scripts without blanks between words, in which a break may be marked. */
const UNSPACED = String.raw`[\p{Script=Khmer}\p{Script=Lao}\p{Script=Thai}\p{Script=Myanmar}\p{Script=Tibetan}]`;

/** A part of an emoji sequence (UTS 51): with its form, or its skin. */
const ELEMENT = String.raw`\p{Extended_Pictographic}(?:[\uFE0E\uFE0F]|\p{Emoji_Modifier})?`;

const BELONGING = [
  // Emoji: alone with their form, held together by joiners, and keycaps.
  String.raw`${ELEMENT}(?:\u200D${ELEMENT}|\u200D[\u2640\u2642\u2695]\uFE0F?)*`,
  String.raw`[0-9#*]\uFE0F?\u20E3`,
  between('[\\u200C\\u200D]', String.raw`(?=[\p{L}\p{N}])${JOINING}\p{Mn}{0,4}`, String.raw`(?=\p{L})${JOINING}`),
  between('[\\u200C\\u200D]', String.raw`${INDIC}\p{M}?${VIRAMA}`, String.raw`[^\u200C\u200D]|$`),
  between('[\\u200C\\u200D]', String.raw`${INDIC}\p{M}?`, VIRAMA),
  between('\\u200B', String.raw`${UNSPACED}\p{M}{0,4}`, UNSPACED),
  // Forms of a letter: of Mongolian ones, and of Han ones in names (Unicode, StandardizedVariants.txt; UTS 37).
  between('[\\u180B-\\u180D\\u180F]', String.raw`\p{Script=Mongolian}`, ''),
  between('[\\uFE00-\\uFE02\\u{E0100}-\\u{E01EF}]', String.raw`\p{Script=Han}`, ''),
  // Signs that are drawn around or above the digits behind them.
  String.raw`[\u0600-\u0605\u06DD\u070F\u08E2]`,
  // Spaces: they are seen as such.
  String.raw`(?! )\p{Zs}`,
];

/** One of some characters between two things. It comes first: everything else is looked at where one stands only. */
function between(characters: string, before: string, after: string): string {
  return `${characters}(?<=(?:${before})${characters})${after === '' ? '' : `(?=${after})`}`;
}

export const IN_PROSE = new RegExp(BELONGING.join('|'), 'gu');
