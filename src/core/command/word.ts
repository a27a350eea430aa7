/**
 * One word of a command line after bash's expansions, as far as it can be known beforehand: exactly this text, the
 * names that fit a glob, or anything at all. `text` of the last two is as written.
 */
export type Word =
  /** `isPlace`: the text stands for a folder (`~` the home, `.` where it starts) and only means that as a whole path. */
  | { kind: 'known'; text: string; isPlace?: boolean }
  /** `head` is what stands before the first wildcard. `isListed`: names that a listing found, checked where it starts. */
  | { kind: 'pattern'; text: string; head: string; isListed?: boolean }
  /** `splits`: bash may make several words of it, any of which may be anything. */
  | { kind: 'unknown'; text: string; head: string; splits: boolean };

export function known(text: string): Word {
  return { kind: 'known', text };
}

export function unknown(text: string, head = '', splits = false): Word {
  return { kind: 'unknown', text, head, splits };
}

/** A known text that stands for a folder, alone or with a path behind it. */
export function place(text: string): Word {
  return { kind: 'known', text, isPlace: true };
}

/** Whether bash surely makes exactly one word of it. */
export function isOneWord(word: Word): boolean {
  return word.kind === 'known' || (word.kind === 'unknown' && !word.splits);
}

/** What a word surely starts with. */
export function headOf(word: Word): string {
  return word.kind === 'known' ? word.text : word.head;
}

/** Whether a program could take this word for an option: it starts with a dash, or it may. */
export function mayBeOption(word: Word): boolean {
  if (word.kind === 'unknown' && word.splits) return true;
  const head = headOf(word);
  return head.startsWith('-') || (head === '' && word.kind !== 'known');
}

/** A word without its first `count` characters, which are known. */
export function after(word: Word, count: number): Word {
  const text = word.text.slice(count);
  return word.kind === 'known' ? known(text) : { ...word, text, head: word.head.slice(count) };
}

/** Several parts of one word, in order. */
export function joined(parts: readonly Word[]): Word {
  const text = parts.map((part) => part.text).join('');
  const filled = parts.filter((part) => part.kind !== 'known' || part.text !== '');
  const misplaced = filled.some((part, index) => {
    if (part.kind !== 'known' || part.isPlace !== true) return false;
    return index > 0 || (/^[~.]$/.test(part.text) && !/^(\/|$)/.test(filled[1]?.text ?? ''));
  });
  if (misplaced) return unknown(text);
  if (filled[0]?.kind === 'known' && filled[0].isPlace === true && filled.every((part) => part.kind === 'known'))
    return place(text);
  const firstOpen = parts.findIndex((part) => part.kind !== 'known');
  if (firstOpen === -1) return known(text);
  const head = [...parts.slice(0, firstOpen).map((part) => part.text), headOf(parts[firstOpen] ?? known(''))].join('');
  const open = parts.filter((part) => part.kind === 'unknown');
  return open.length === 0
    ? { kind: 'pattern', text, head }
    : unknown(
        text,
        head,
        open.some((part) => part.splits),
      );
}
