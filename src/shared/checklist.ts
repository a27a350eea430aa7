/** `pass`: as it should be. `advice`: nothing is open by it, and it could be better. `fail`: something is open. */
export type CheckState = 'pass' | 'advice' | 'fail' | 'unknown';

/** One item of the security checklist, as it stands now. Loads no schema library: the view stands in the editor’s side. */
export interface CheckItem {
  /** Stays the same over versions. */
  id: string;
  title: string;
  state: CheckState;
  /** How it stands, as a sentence. */
  words: string;
  /** Why it matters. */
  why: string;
  /** What to do, where something is to be done. */
  fix?: string;
  /** The command of the editor that does it, or leads there. */
  command?: string;
  /** What it was read from. */
  evidence: string[];
}

/** "14 of 18 as they should be; 2 open." */
export function checklistWords(items: readonly CheckItem[]): string {
  const count = (state: CheckItem['state']): number => items.filter((item) => item.state === state).length;
  const open = count('fail') === 0 ? '' : `; ${count('fail')} open`;
  return `${count('pass')} of ${items.length} as they should be${open}.`;
}
