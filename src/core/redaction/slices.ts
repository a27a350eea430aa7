import type { Masked, Secret } from './redactor.ts';

/** Shorter pieces of a secret are left: so few characters are found in many texts by chance. */
const SHORTEST_SLICE = 8;
/** Values, and parts of them between separators, that are shorter are masked whole or not at all. */
const SHORTEST_PART = 12;
const LONGEST_PART = 4096;

/**
 * Masks pieces of secrets: what `${TOKEN:0:10}`, `cut` and their kind leave of a value that was given to a command. A
 * piece of eight or more characters counts if it has at least two of small letters, capitals and digits: so have nearly
 * all pieces of a random value, and no words, names of folders, or numbers. Not found are shorter pieces, pieces that
 * were turned around, spread out or encoded, and what was first written to a file.
 */
export function withoutSlices(text: string, secrets: readonly Secret[]): Masked {
  let masked = 0;
  let shown = text;
  for (const { name, value } of secrets)
    for (const part of partsOf(value)) {
      let after = 0;
      const kept: string[] = [];
      for (const [from, to] of runsOf(shown, piecesOf(part))) {
        kept.push(shown.slice(after, from), `[redacted:${name}]`);
        after = to;
        masked += 1;
      }
      if (after > 0) shown = kept.join('') + shown.slice(after);
    }
  return { text: shown, masked };
}

/** What stands between the separators of paths, addresses and lists: a password in an address is a part of it. */
function partsOf(value: string): string[] {
  return value
    .split(/[\s/:@?&=,;"'<>()]+/)
    .filter((part) => part.length >= SHORTEST_PART)
    .map((part) => part.slice(0, LONGEST_PART));
}

function piecesOf(part: string): Set<string> {
  const pieces = new Set<string>();
  for (let from = 0; from + SHORTEST_SLICE <= part.length; from += 1) {
    const piece = part.slice(from, from + SHORTEST_SLICE);
    if ([/[a-z]/, /[A-Z]/, /[0-9]/].filter((kind) => kind.test(piece)).length >= 2 && !isWord(piece)) pieces.add(piece);
  }
  return pieces;
}

/** `Frontend`, `java-17`, `v24.21.0`, `amd64`: of two kinds, and made of words and numbers. */
function isWord(piece: string): boolean {
  return piece.split(/[-_.]/).every((segment) => /^([A-Z]?[a-z]*|[A-Z]*)[0-9]*$|^[0-9]+[a-z]*$/.test(segment));
}

/** Where a text has such pieces, one behind or over the other. */
function runsOf(text: string, pieces: ReadonlySet<string>): [from: number, to: number][] {
  const runs: [number, number][] = [];
  if (pieces.size === 0) return runs;
  for (let from = 0; from + SHORTEST_SLICE <= text.length; from += 1) {
    if (!pieces.has(text.slice(from, from + SHORTEST_SLICE))) continue;
    const last = runs.at(-1);
    if (last && from <= last[1]) last[1] = from + SHORTEST_SLICE;
    else runs.push([from, from + SHORTEST_SLICE]);
  }
  return runs;
}
