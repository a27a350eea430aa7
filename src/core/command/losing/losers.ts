import { nameOf } from '../operands.ts';
import type { Word } from '../word.ts';
import { ARCHIVES } from './archives.ts';
import { COPIES } from './copies.ts';
import { find } from './find.ts';
import { git, isSubcommand } from './git.ts';
import { IN_PLACE } from './inPlace.ts';
import type { Loser, Losing } from './losing.ts';
import { OUTPUTS } from './outputs.ts';

const NOTHING: Loser = () => [];
const deletes: Loser = (args) =>
  args
    .filter(({ text }, index) => !text.startsWith('-') || args.slice(0, index).some((word) => word.text === '--'))
    .map((at): Losing => ({ kind: 'deleted', at }));

const LOSERS: ReadonlyMap<string, Loser> = new Map<string, Loser>([
  // They make, mark or refuse; what stands there keeps its content.
  ...'touch mkdir mkfifo mktemp chmod chown chgrp rmdir'.split(' ').map((name): [string, Loser] => [name, NOTHING]),
  ...'rm unlink shred rimraf'.split(' ').map((name): [string, Loser] => [name, deletes]),
  ...COPIES,
  ...IN_PLACE,
  ...OUTPUTS,
  ...ARCHIVES,
  ['find', find],
  ['git', git],
]);

/** What a program start loses; undefined for a program of which nothing is known here. */
export function losingsOf(words: readonly Word[]): Losing[] | undefined {
  const name = nameOf(words);
  if (/^(npx|pnpx|bunx)$/.test(name)) {
    const started = words.findIndex(({ text }, index) => index > 0 && !text.startsWith('-'));
    return started === -1 ? undefined : losingsOf(words.slice(started));
  }
  return LOSERS.get(name)?.(words.slice(1), name);
}

/** A program as a sentence names it. */
export function saidName(words: readonly Word[]): string {
  const name = nameOf(words);
  const sub = name === 'git' ? words.slice(1).find(({ text }) => isSubcommand(text)) : undefined;
  return sub ? `git ${sub.text}` : name;
}
