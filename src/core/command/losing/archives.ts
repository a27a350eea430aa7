import { known, type Word } from '../word.ts';
import { sortedArgs } from './args.ts';
import type { Loser, Losing } from './losing.ts';

// Programs that unpack or copy whole trees: what they put over what stands there is known to them alone.

function overwrites(below: Word | undefined): Losing[] {
  return [{ kind: 'some', does: 'overwrites', below: below ?? known('.') }];
}

/** In the old style the archive's name stands behind the letters, wherever the `f` is. */
function withDash(args: readonly Word[]): Word[] {
  const [first, ...rest] = args;
  if (first?.kind !== 'known' || !/^[a-zA-Z]+$/.test(first.text)) return [...args];
  const letters = first.text.replace('f', '');
  return [known(`-${letters}${first.text.includes('f') ? 'f' : ''}`), ...rest];
}

const tar: Loser = (args) => {
  const { operands, has, valueOf } = sortedArgs(
    withDash(args),
    '-f --file -C --directory -b --blocking-factor -T --files-from -X --exclude-from -I --use-compress-program -g --listed-incremental -H --format -K --starting-file -L --tape-length -N --newer -V --label -F --exclude --transform --xform --strip-components --owner --group --mode',
  );
  const removed = has('--remove-files') ? operands.map((at): Losing => ({ kind: 'deleted', at })) : [];
  const archive = valueOf('-f', '--file');
  if (has('-c', '--create')) return [...removed, ...(archive ? [{ kind: 'replaced' as const, at: archive }] : [])];
  const unpacks = has('-x', '--extract', '--get');
  const keeps = has('-k', '--keep-old-files', '--skip-old-files', '-O', '--to-stdout');
  return unpacks && !keeps ? overwrites(valueOf('-C', '--directory')) : removed;
};

/** Without -o it asks before it overwrites, and nobody answers. */
const unzip: Loser = (args) => {
  const { has, valueOf } = sortedArgs(args, '-d -P -x');
  return has('-o') && !has('-l', '-t', '-p', '-z') ? overwrites(valueOf('-d')) : [];
};

const sevenZip: Loser = (args) => {
  const texts = args.map(({ text }) => text);
  if (!/^[xe]$/.test(texts[0] ?? '') || !texts.some((text) => text === '-y' || text === '-aoa')) return [];
  const folder = texts.find((text) => text.startsWith('-o'));
  return overwrites(folder === undefined ? undefined : known(folder.slice(2)));
};

const cpio: Loser = (args) => {
  const { operands, has, valueOf } = sortedArgs(args, '-D --directory -F --file -H --format -E -I -O -C -R');
  if (has('-t', '--list')) return [];
  // What is older there is overwritten without -u, too.
  if (has('-p', '--pass-through')) return overwrites(operands[0]);
  return has('-i', '--extract') ? overwrites(valueOf('-D', '--directory')) : [];
};

const RSYNC =
  '-e --rsh --exclude --include --exclude-from --include-from --files-from -f --filter --bwlimit --max-size --min-size --log-file --out-format -T --temp-dir --compare-dest --copy-dest --link-dest --backup-dir --suffix --partial-dir --chmod --chown --port --timeout --info --debug -B --block-size -M --remote-option --password-file --iconv --usermap --groupmap';

const rsync: Loser = (args) => {
  const { operands, options, has } = sortedArgs(args, RSYNC);
  const to = operands.at(-1);
  const sources = operands.slice(0, -1);
  if (!to || sources.length === 0 || has('-n', '--dry-run')) return [];
  const isRemote = /^[^/]*:/.test(to.text);
  const taken = has('--remove-source-files', '--remove-sent-files')
    ? sources.map((at): Losing => (isRemote ? { kind: 'deleted', at } : { kind: 'moved', at, to }))
    : [];
  if (isRemote) return taken;
  // `--del`, `--delete`, `--delete-after` and so on.
  if ([...options.keys()].some((name) => name.startsWith('--del')))
    return [...taken, { kind: 'some', does: 'deletes', below: to }];
  return has('--ignore-existing', '-b', '--backup') ? taken : [...taken, ...overwrites(to)];
};

/** Each file goes for a packed one, or a packed one for what was in it. gzip 1.13, bzip2 1.0, xz 5.8. */
const squeeze: Loser = (args, name) => {
  const { operands, has } = sortedArgs(args, '-S --suffix -T --threads -b --bits -M --memlimit -F --format -C --check');
  if (has('-k', '--keep', '-c', '--stdout', '--to-stdout', '-t', '--test', '-l', '--list')) return [];
  const unpacks = name.includes('un') || has('-d', '--decompress', '--uncompress');
  return operands.flatMap((at): Losing[] => {
    const packed = at.kind === 'known' ? /^(.*)\.(gz|bz2|xz|lzma|Z)$/s.exec(at.text)?.[1] : undefined;
    const made: Losing[] =
      unpacks && packed !== undefined && has('-f') ? [{ kind: 'replaced', at: known(packed) }] : [];
    return [{ kind: 'deleted', at }, ...made];
  });
};

const zip: Loser = (args) => {
  const { operands, has } = sortedArgs(args, '-x -i -b -n -P -s -t -tt -O --out');
  return has('-m', '--move') ? operands.slice(1).map((at): Losing => ({ kind: 'deleted', at })) : [];
};

export const ARCHIVES: [string, Loser][] = [
  ['tar', tar],
  ['bsdtar', tar],
  ['unzip', unzip],
  ['zip', zip],
  ...'gzip gunzip bzip2 bunzip2 xz unxz lzma unlzma'.split(' ').map((name): [string, Loser] => [name, squeeze]),
  ['7z', sevenZip],
  ['7za', sevenZip],
  ['cpio', cpio],
  ['rsync', rsync],
];
