import { counted } from '../../../shared/named.ts';

/** Why a past decision cannot be taken anew. Nothing is guessed in its place. */
export type Left =
  | 'erased'
  | 'newer'
  | 'unreadable'
  | 'cut'
  | 'masked'
  | 'undescribed'
  | 'links'
  | 'machine'
  | 'sandbox'
  | 'grant'
  | 'folder';

/** Each in words, after how many there are. */
export const LEFT_WORDS: Record<Left, string> = {
  erased: 'erased from the log',
  newer: 'recorded by a newer version of Oversign',
  unreadable: 'not readable as an action that this version knows',
  cut: 'too long to be recorded whole',
  masked: 'with a secret masked in what decides',
  undescribed: 'refused before they were described as an action',
  links: 'about paths that lead elsewhere by now',
  machine: 'denied because of how the sandbox stood on that machine',
  sandbox: 'of commands that this policy runs in the sandbox and that ran without it, or the other way round',
  grant: 'covered by a remembered approval that cannot be put together again',
  folder: 'of folders that are gone, cannot be worked in, or have a policy that is not valid',
};

/** "Not replayed: 3 decisions (2 erased from the log, 1 too long to be recorded whole)." */
export function leftWords(left: ReadonlyMap<Left, number>): string | undefined {
  const all = [...left].filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
  if (all.length === 0) return undefined;
  const sum = all.reduce((total, [, count]) => total + count, 0);
  const parts = all.map(([why, count]) => `${count} ${LEFT_WORDS[why]}`);
  return `Not replayed: ${counted(sum, 'decision')} (${parts.join(', ')}).`;
}
