import { known, type Word } from '../word.ts';
import { sortedArgs } from './args.ts';
import type { Loser, Losing } from './losing.ts';

// Programs that write what they have to say into a file.

function replaced(files: readonly (Word | undefined)[]): Losing[] {
  return files.flatMap((at) => (at ? [{ kind: 'replaced' as const, at }] : []));
}

const tee: Loser = (args) => {
  const { operands, has } = sortedArgs(args, '');
  return has('-a', '--append') ? [] : replaced(operands);
};

/** The value of an option. */
function named(option: string, valued: string): Loser {
  const names = option.split(' ');
  return (args) => replaced([sortedArgs(args, `${option} ${valued}`).valueOf(...names)]);
}

/** The second operand. */
function second(valued: string): Loser {
  return (args) => replaced([sortedArgs(args, valued).operands[1]]);
}

const dd: Loser = (args) => {
  if (args.some(({ text }) => text.startsWith('oflag=') && text.includes('append'))) return [];
  return replaced(
    args.map((word) =>
      !word.text.startsWith('of=') ? undefined : word.kind === 'known' ? known(word.text.slice(3)) : word,
    ),
  );
};

export const OUTPUTS: [string, Loser][] = [
  ['tee', tee],
  ['sponge', tee],
  ['sort', named('-o --output', '-k --key -t --field-separator -S --buffer-size -T --temporary-directory')],
  ['curl', named('-o --output', '-X --request -H --header -d --data -u --user -A --user-agent -e --referer')],
  ['wget', named('-O --output-document', '-o --output-file -a -P -U -t -T -w -Q -e')],
  ['uniq', second('-f --skip-fields -s --skip-chars -w --check-chars')],
  ['xxd', second('-c -g -l -n -o -s')],
  ['dd', dd],
];
