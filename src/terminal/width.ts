/**
 * How many columns a character may take in a terminal, rather too many than too few: a line that is taken for shorter
 * than it is would be broken by the terminal itself, and its rest would stand at the left edge.
 */
export function columnsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code === 9) return 8;
  const isWide = (code >= 0x1100 && code <= 0x115f) || (code >= 0x2190 && code <= 0x2bff) || code >= 0x2e80;
  return isWide ? 2 : 1;
}

/** Pieces of a line that take no more columns than there is room for. Blanks stay: the pieces make up the line. */
export function pieces(line: string, room: number): string[] {
  const found: string[] = [];
  let piece = '';
  let width = 0;
  for (const word of line.match(/\s+|\S+/g) ?? [''])
    for (const part of widthOf(word) > room ? word : [word]) {
      const more = widthOf(part);
      if (width + more > room && piece !== '') {
        found.push(piece);
        piece = '';
        width = 0;
      }
      piece += part;
      width += more;
    }
  return [...found, piece];
}

function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}
