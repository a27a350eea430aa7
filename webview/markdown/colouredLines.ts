import type { Coloured } from './coloured.ts';

/** Pieces of a text as those of its lines: one that goes over several is parted at their ends. */
export function colouredLines(pieces: readonly Coloured[]): Coloured[][] {
  const lines: Coloured[][] = [[]];
  for (const piece of pieces) {
    const parts: Coloured[][] =
      typeof piece === 'string'
        ? piece.split('\n').map((text) => (text === '' ? [] : [text]))
        : colouredLines(piece.pieces).map((own) => (own.length === 0 ? [] : [{ as: piece.as, pieces: own }]));
    lines.at(-1)?.push(...(parts[0] ?? []));
    lines.push(...parts.slice(1));
  }
  return lines;
}
