import { known, type Word } from '../word.ts';
import { sortedArgs } from './args.ts';
import type { Loser, Losing } from './losing.ts';

// Programs that put what they make of a file in its place. With a suffix they keep the old one.

function replaced(files: readonly Word[]): Losing[] {
  return files.map((at) => ({ kind: 'replaced', at }));
}

/** Names of files in a program's text, as far as it has them as they are: all else nobody knows. */
function namedIn(script: Word | undefined, names: RegExp): Losing[] {
  if (script?.kind !== 'known') return [];
  return replaced([...script.text.matchAll(names)].map(([, name = '']) => known(name)));
}

/** `w FILE` goes to the end of the line (sed(1)). */
const SED_WRITES = /(?:^|[\s;{}/|,!0-9$a-zA-Z])w\s+(\S(?:[^\n]*\S)?)\s*$/gm;

const sed: Loser = (args) => {
  const { operands, has, valueOf } = sortedArgs(args, '-i? -e --expression -f --file -l --line-length');
  const files = operands.slice(has('-e', '--expression', '-f', '--file') ? 0 : 1);
  const script = valueOf('-e', '--expression') ?? (has('-f', '--file') ? undefined : operands[0]);
  const written = namedIn(script, SED_WRITES);
  if (!has('-i', '--in-place') || valueOf('-i', '--in-place')) return written;
  return [...replaced(files), ...written];
};

const perl: Loser = (args) => {
  // -0 and -l take digits alone: `-lpi` is three options.
  const plain = args.map((word) =>
    word.kind === 'known' && /^-[a-zA-Z0-9]/.test(word.text)
      ? known(word.text.replace(/(?<=^-[anpsw]*)[0l](?:[0-9a-fA-Fl]|(?<=[0l])x)*(?=[anpsiweE])/, ''))
      : word,
  );
  const { operands, has, valueOf } = sortedArgs(plain, '-i? -e -E -I -M? -m? -0? -l? -F? -C? -x? -d? -D? -r');
  return has('-i') && !valueOf('-i') ? replaced(operands.slice(has('-e', '-E') ? 0 : 1)) : [];
};

/** `print > "file"`; appending is `>>`. */
const AWK_WRITES = /(?<!>)>\s*"([^"\n]+)"/g;

const awk: Loser = (args) => {
  const { operands, has, valueOf } = sortedArgs(args, '-i --include -f --file -v --assign -F --field-separator');
  const written = has('-f', '--file') ? [] : namedIn(operands[0], AWK_WRITES);
  if (!/^(.*\/)?inplace(\.awk)?$/.test(valueOf('-i', '--include')?.text ?? '')) return written;
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
