import type { Pointers } from './commitPointers.ts';
import { Stretch } from './stretch.ts';
import { piecesOf } from './textPieces.ts';

/** What HEAD has been at may be a great deal, and gone by now. */
export function isRef(name: string): boolean {
  return name !== 'logs/HEAD';
}

export interface Tip {
  /** Where it stands, below the repository's folder. */
  name: string;
  tip: string;
}

/**
 * Every object that is named: in a reference, a list of packed ones, a reflog. git reads capitals, too. There may be a
 * million: everything else in this process has its turn meanwhile.
 */
export async function* tipsIn(
  pointers: Pointers,
  isMeant: (name: string) => boolean = () => true,
): AsyncGenerator<Tip> {
  const stretch = new Stretch();
  for (const [name, bytes] of textsIn(pointers)) {
    if (!isMeant(name)) continue;
    for (const piece of piecesOf(bytes)) {
      await stretch.rest();
      for (const [tip] of piece.matchAll(/\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b/gi))
        if (!/^0+$/.test(tip)) yield { name, tip: tip.toLowerCase() };
    }
  }
}

/** Which object stands for which other one: `digest refs/replace/digest`, as a packed reference is written. */
export async function replacementsIn(pointers: Pointers): Promise<Set<string>> {
  const found = new Set<string>();
  const stretch = new Stretch();
  for (const [name, bytes] of textsIn(pointers)) {
    if (name.startsWith('refs/replace/')) found.add(`${bytes.toString('latin1').trim()} ${name}`);
    if (name !== 'packed-refs') continue;
    for (const piece of piecesOf(bytes)) {
      await stretch.rest();
      for (const [line] of piece.matchAll(/^.* refs\/replace\/.*$/gm)) found.add(line);
    }
  }
  return found;
}

function textsIn({ entries }: Pointers): [name: string, bytes: Buffer][] {
  return [...entries].flatMap(([name, one]) => (one.kind === 'file' && name !== 'index' ? [[name, one.bytes]] : []));
}
