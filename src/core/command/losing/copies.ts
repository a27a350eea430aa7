import { known } from '../word.ts';
import { sortedArgs } from './args.ts';
import type { Loser, Losing } from './losing.ts';

/** They make a file of each source's name in a folder, or one of the target's. GNU coreutils 9. */
export const copies: Loser = (args, name) => {
  const { operands, has, valueOf } = sortedArgs(
    args,
    `-t --target-directory -S --suffix${name === 'install' ? ' -m --mode -o --owner -g --group --strip-program' : ''}`,
  );
  if (name === 'install' && has('-d', '--directory')) return [];
  const into = valueOf('-t', '--target-directory');
  // One operand of ln's is what the link points to; the link itself is made where it is started.
  const isAlone = name === 'ln' && operands.length === 1 && into === undefined;
  const sources = into || isAlone ? operands : operands.slice(0, -1);
  const to = into ?? (isAlone ? known('.') : operands.at(-1));
  if (!to || sources.length === 0) return [];
  const moved = name === 'mv' ? sources.map((at): Losing => ({ kind: 'moved', at, to })) : [];
  const keeps =
    has('-n', '--no-clobber', '-b', '--backup') ||
    valueOf('--update')?.text.startsWith('none') === true ||
    (name === 'ln' && !has('-f', '--force'));
  if (keeps) return moved;
  const isRecursive = name === 'cp' && has('-r', '-R', '-a', '--recursive', '--archive');
  const named = has('-T', '--no-target-directory') ? [] : sources;
  return [...moved, { kind: 'replaced', at: to, sources: named, isRecursive }];
};

export const COPIES: [string, Loser][] = ['cp', 'mv', 'ln', 'install'].map((name) => [name, copies]);
