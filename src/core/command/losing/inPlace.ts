import { known, type Word } from '../word.ts';
import { sortedArgs } from './args.ts';
import type { Loser, Losing } from './losing.ts';

// Programs that put what they make of a file in its place. With a suffix they keep the old one.

function replaced(files: readonly Word[]): Losing[] {
  return files.map((at) => ({ kind: 'replaced', at }));
}

const sed: Loser = (args) => {
  const { operands, has, valueOf } = sortedArgs(args, '-i? -e --expression -f --file -l --line-length');
  if (!has('-i', '--in-place') || valueOf('-i', '--in-place')) return [];
  return replaced(operands.slice(has('-e', '--expression', '-f', '--file') ? 0 : 1));
};

const perl: Loser = (args) => {
  const { operands, has, valueOf } = sortedArgs(args, '-i? -e -E -I -M? -m? -0? -l? -F? -C? -x? -d? -D? -r');
  return has('-i') && !valueOf('-i') ? replaced(operands.slice(has('-e', '-E') ? 0 : 1)) : [];
};

const awk: Loser = (args) => {
  const { operands, has, valueOf } = sortedArgs(args, '-i --include -f --file -v --assign -F --field-separator');
  if (valueOf('-i', '--include')?.text !== 'inplace') return [];
  return replaced(operands.slice(has('-f', '--file') ? 0 : 1).filter(({ text }) => !/^\w+=/.test(text)));
};

const patch: Loser = (args) => {
  const { operands, has, valueOf } = sortedArgs(
    args,
    '-p --strip -d --directory -i --input -D --ifdef -F --fuzz -o --output -r --reject-file -V --version-control -B --prefix -Y --basename-prefix -z --suffix -g --get',
  );
  if (has('--dry-run', '-b', '--backup')) return [];
  const [file] = operands;
  const at = valueOf('-o', '--output') ?? file;
  if (at) return [{ kind: 'replaced', at }];
  return [{ kind: 'some', does: 'overwrites', below: valueOf('-d', '--directory') ?? known('.') }];
};

const truncate: Loser = (args) => {
  const { operands, valueOf } = sortedArgs(args, '-s --size -r --reference');
  // These only ever make it longer.
  return /^[+>%]/.test(valueOf('-s', '--size')?.text ?? '') ? [] : replaced(operands);
};

export const IN_PLACE: [string, Loser][] = [
  ['sed', sed],
  ['gsed', sed],
  ['perl', perl],
  ['ruby', perl],
  ['awk', awk],
  ['gawk', awk],
  ['patch', patch],
  ['truncate', truncate],
];
