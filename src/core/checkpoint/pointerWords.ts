import { visibleLine } from '../../shared/visible.ts';
import { gitPointerOf } from './gitPointer.ts';

/** What of git a person knows by another name. */
const WORDS: Readonly<Record<string, string>> = {
  index: 'the index',
  'refs/stash': 'the stash',
  'logs/refs/stash': 'the list of stashes',
  'rebase-merge': 'the rebase that is going on',
  'rebase-apply': 'the series of patches that is going on',
  sequencer: 'the series of commits that is being picked',
};

/** A pointer as a person says it: `branch main`, `tag v1`, `HEAD`. */
export function pointerWords(path: string): string {
  const name = gitPointerOf(path)?.name ?? path;
  const [, kind, short] = /^refs\/(heads|tags|remotes)\/(.+)$/s.exec(name) ?? [];
  const shown = visibleLine(short ?? name);
  if (kind === 'heads') return `branch ${shown}`;
  if (kind === 'tags') return `tag ${shown}`;
  return Object.hasOwn(WORDS, name) ? (WORDS[name] ?? shown) : shown;
}
