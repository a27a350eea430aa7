import type { Entry } from '../../src/shared/runView.ts';

type Action = Extract<Entry, { kind: 'action' }>;

/** What stands in the transcript one below the other: an entry, or several looks that are told in one line. */
export type Row =
  | { readonly kind: 'entry'; readonly number: number; readonly entry: Entry }
  /** `number`: of the first of them. */
  | { readonly kind: 'looks'; readonly number: number; readonly entries: readonly Action[] };

/**
 * The rows of a transcript. Looks that follow one another are one row where every one of them was allowed without a
 * question and went well: what was asked, denied or failed always stands for itself. `before`: entries that are left out.
 */
export function rowsOf(entries: readonly Entry[], before: number): readonly Row[] {
  const rows: ({ number: number } & ({ entry: Entry } | { looks: Action[] }))[] = [];
  for (const [index, entry] of entries.entries()) {
    const number = before + index;
    const last = rows.at(-1);
    if (!isPlainLook(entry)) rows.push({ number, entry });
    else if (last && 'looks' in last) last.looks.push(entry);
    else rows.push({ number, looks: [entry] });
  }
  return rows.map((row): Row => {
    if ('entry' in row) return { kind: 'entry', ...row };
    const [only, ...others] = row.looks;
    return only && others.length === 0
      ? { kind: 'entry', number: row.number, entry: only }
      : { kind: 'looks', number: row.number, entries: row.looks };
  });
}

function isPlainLook(entry: Entry): entry is Action {
  return entry.kind === 'action' && entry.looks !== undefined && entry.verdict === 'allow' && entry.status === 'done';
}

/** "Read 6 files, searched twice, listed 1 folder": in the order in which they came first. A file counts once. */
export function looksWords(entries: readonly Action[]): string {
  const effects = [...new Set(entries.flatMap(({ looks }) => (looks ? [looks.effect] : [])))];
  const words = effects.map((effect) => {
    const own = entries.flatMap(({ looks }) => (looks?.effect === effect ? [looks] : []));
    const places = new Set(own.flatMap((looks) => looks.places)).size;
    switch (effect) {
      case 'read':
        return `read ${places} ${places === 1 ? 'file' : 'files'}`;
      case 'list':
        return `listed ${places} ${places === 1 ? 'folder' : 'folders'}`;
      case 'search':
        return `searched ${times(own.length)}`;
    }
  });
  const sentence = words.join(', ');
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}
