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

const openssl: Loser = (args) => {
  const at = args[args.findIndex(({ text }) => text === '-out') + 1];
  return at && args.some(({ text }) => text === '-out') ? [{ kind: 'replaced', at }] : [];
};

/** Editors that take their orders from a line or a pipe. */
const editor: Loser = (args) => replaced(sortedArgs(args, '-c -p -S -s?').operands);

const dd: Loser = (args) => {
  const isKept = (name: string, flag: string): boolean =>
    args.some(({ text }) => text.startsWith(`${name}=`) && text.includes(flag));
  // Appending alone begins with an empty file (open(2), O_TRUNC).
  if (isKept('oflag', 'append') && isKept('conv', 'notrunc')) return [];
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
  ['iconv', named('-o --output', '-f --from-code -t --to-code')],
  ...'cc gcc g++ c++ clang clang++ ld'.split(' ').map((name): [string, Loser] => [name, named('-o', '-I -L -l -D -x')]),
  ['openssl', openssl],
  ...'ed ex'.split(' ').map((name): [string, Loser] => [name, editor]),
];
