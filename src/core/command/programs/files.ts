import { looking, parseOptions } from '../options.ts';
import { headOf } from '../word.ts';
import type { Judge } from '../judging.ts';

// Programs that look at files and at the system. Options as in the manual pages of GNU coreutils 9, procps, file,
// binutils and tree; what writes, runs something, or reads names of files from a file is left out on purpose.

const READ: Record<string, string> = {
  cat: '-A -b -e -E -n -s -t -T -u -v --show-all --number-nonblank --show-ends --number --squeeze-blank --show-tabs --show-nonprinting',
  tac: '-b -r -s=text --before --regex --separator=text',
  head: '-# -c=text -n=text -q -v -z --bytes=text --lines=text --quiet --silent --verbose --zero-terminated',
  tail: '-# -c=text -n=text -f -F -q -v -s=text -z --bytes=text --lines=text --follow? --pid=text --retry --sleep-interval=text --quiet --silent --verbose --max-unchanged-stats=text --zero-terminated',
  wc: '-c -m -l -L -w --bytes --chars --lines --max-line-length --words --total=text',
  nl: '-b=text -d=text -f=text -h=text -i=text -l=text -n=text -p -s=text -v=text -w=text --body-numbering=text --number-format=text --number-separator=text --number-width=text --starting-line-number=text --line-increment=text',
  od: '-A=text -t=text -N=text -j=text -v -w? -a -b -c -d -f -i -l -o -s -x -S=text --address-radix=text --format=text --read-bytes=text --skip-bytes=text --strings? --width? --output-duplicates --endian=text',
  hexdump: '-b -c -C -d -o -x -e=text -n=text -s=text -v --canonical --length=text --skip=text --no-squeezing',
  hd: '-b -c -C -d -o -x -e=text -n=text -s=text -v',
  strings:
    '-a -f -n=text -o -t=text -e=text -w -s=text --all --print-file-name --bytes=text --radix=text --encoding=text',
  rev: '-0',
  fold: '-b -s -w=text --bytes --spaces --width=text',
  fmt: '-c -s -t -u -w=text -p=text -g=text --crown-margin --split-only --tagged-paragraph --uniform-spacing --width=text --prefix=text --goal=text',
  expand: '-i -t=text --initial --tabs=text',
  unexpand: '-a -t=text --all --first-only --tabs=text',
  cut: '-b=text -c=text -d=text -f=text -n -s -z --bytes=text --characters=text --delimiter=text --fields=text --complement --only-delimited --output-delimiter=text --zero-terminated',
  paste: '-d=text -s -z --delimiters=text --serial --zero-terminated',
  join: '-a=text -e=text -i -j=text -o=text -t=text -v=text -1=text -2=text -z --ignore-case --check-order --nocheck-order --header --zero-terminated',
  comm: '-1 -2 -3 -z --check-order --nocheck-order --output-delimiter=text --total --zero-terminated',
  cmp: '-b -i=text -l -n=text -s --print-bytes --ignore-initial=text --verbose --bytes=text --quiet --silent',
  column:
    '-t -s=text -o=text -c=text -x -n=text -N=text -R=text -H=text -d -e -J -l=text -L --table --separator=text --output-separator=text --output-width=text --fillrows --table-columns=text --table-right=text --table-hide=text --table-noheadings --json --keep-empty-lines',
  tsort: '',
  base64: '-d -i -w=text --decode --ignore-garbage --wrap=text',
  base32: '-d -i -w=text --decode --ignore-garbage --wrap=text',
  cksum: '-a=text -l=text --algorithm=text --length=text --untagged --raw --base64 -z --zero',
  sum: '-r -s --sysv',
  file: '-b -i -h -k -L -N -n -p -r -s -v -0 -e=text -F=text -P=text --brief --mime --mime-type --mime-encoding --dereference --no-dereference --keep-going --separator=text --no-pad --raw --extension --exclude=text --parameter=text --print0',
  zipinfo: '-1 -2 -s -m -l -v -h -M -t -T -z',
  nm: '-A -a -C -D -g -l -n -o -p -P -r -S -s -u -v -W -f=text -t=text --demangle? --dynamic --extern-only --defined-only --undefined-only --numeric-sort --no-sort --print-size --size-sort --reverse-sort --print-file-name --line-numbers --format=text --radix=text --with-symbol-versions',
  size: '-A -B -G -d -o -x -t --format=text --radix=text --totals --common',
  readelf:
    '-a -h -l -S -g -t -e -s -n -r -u -d -V -A -c -D -I -W -x=text -p=text -R=text --all --file-header --program-headers --segments --section-headers --sections --headers --syms --symbols --dyn-syms --notes --relocs --unwind --dynamic --version-info --arch-specific --histogram --wide --hex-dump=text --string-dump=text -C --demangle?',
  objdump:
    '-a -f -p -h -x -d -D -S -s -g -t -T -r -R -j=text -M=text -C -l -w -z --archive-headers --file-headers --private-headers --section-headers --headers --all-headers --disassemble? --disassemble-all --source --full-contents --syms --dynamic-syms --reloc --dynamic-reloc --section=text --demangle? --line-numbers --wide --no-show-raw-insn --start-address=text --stop-address=text --disassembler-options=text',
};
// Without --check, which reads whatever files a list names.
const SUMS = '-b -t -z --binary --tag --text --zero';
for (const name of ['md5sum', 'sha1sum', 'sha224sum', 'sha256sum', 'sha384sum', 'sha512sum']) READ[name] = SUMS;
READ['b2sum'] = `${SUMS} -l=text --length=text`;

const LIST: Record<string, string> = {
  ls: '-1 -a -A -b -B -c -C -d -D -f -F -g -G -h -H -i -I=text -k -l -L -m -n -N -o -p -q -Q -r -R -s -S -t -T=text -u -U -v -w=text -x -X -Z --all --almost-all --author --escape --block-size=text --ignore-backups --color? --directory --dired --classify? --file-type --format=text --full-time --group-directories-first --no-group --human-readable --si --dereference-command-line --dereference --hide=text --hyperlink? --indicator-style=text --inode --ignore=text --kibibytes --numeric-uid-gid --literal --hide-control-chars --show-control-chars --quote-name --quoting-style=text --reverse --recursive --size --sort=text --time=text --time-style=text --tabsize=text --width=text --context --zero',
  stat: '-L -f -c=text -t --dereference --file-system --cached=text --format=text --printf=text --terse',
  du: '-0 -a -b -B=text -c -D -d=text -h -H -k -L -l -m -P -S -s -t=text -x --null --all --apparent-size --block-size=text --total --dereference-args --max-depth=text --human-readable --inodes --dereference --no-dereference --separate-dirs --si --summarize --threshold=text --time? --time-style=text --exclude=text --one-file-system',
  df: '-a -B=text -h -H -i -k -l -P -t=text -T -x=text --all --block-size=text --human-readable --si --inodes --local --portability --total --type=text --print-type --exclude-type=text --output?',
  tree: '-a -d -f -l -x -L=text -P=text -I=text -p -u -g -s -h -D -F -i -q -N -Q -A -S -n -C -v -t -c -U -r -J -X --gitignore --matchdirs --ignore-case --noreport --charset=text --filelimit=text --prune --du --timefmt=text --sort? --dirsfirst --filesfirst --inodes --device --si --metafirst --info --gitfile=path --infofile=path',
  realpath:
    '-e -m -L -P -q -s -z --canonicalize-existing --canonicalize-missing --logical --physical --quiet --relative-to=text --relative-base=text --strip --no-symlinks --zero',
  readlink:
    '-f -e -m -n -q -s -v -z --canonicalize --canonicalize-existing --canonicalize-missing --no-newline --quiet --silent --verbose --zero',
  namei: '-l -m -n -o -v -x --long --modes --nosymlinks --owners --vertical --mountpoints',
  pathchk: '-p -P --portability',
};
LIST['dir'] = LIST['ls'] ?? '';
LIST['vdir'] = LIST['ls'] ?? '';

const TEXT: Record<string, string> = {
  tr: '-c -C -d -s -t --complement --delete --squeeze-repeats --truncate-set1',
  numfmt:
    '-d=text -z --debug --delimiter=text --field=text --format=text --from=text --from-unit=text --grouping --header? --invalid=text --padding=text --round=text --suffix=text --to=text --to-unit=text --zero-terminated',
  factor: '-h --exponents',
  pgrep:
    '-a -c -d=text -f -g=text -i -l -n -o -P=text -s=text -t=text -u=text -U=text -v -w -x --list-full --list-name --count --full --exact --newest --oldest --parent=text --euid=text --uid=text --inverse --ignore-case',
  getconf: '-a -v=text',
  locale: '-a -m -c -k --all-locales --charmaps --category-name --keyword-name',
  which: '-a --all',
  whereis: '-b -m -s -u -g -l',
  id: '-a -g -G -n -r -u -z -Z --context --group --groups --name --real --user --zero',
  groups: '',
};

const NONE: Record<string, string> = {
  whoami: '',
  logname: '',
  uname:
    '-a -s -n -r -v -m -p -i -o --all --kernel-name --nodename --kernel-release --kernel-version --machine --processor --hardware-platform --operating-system',
  arch: '',
  nproc: '--all --ignore=text',
  uptime: '-p -s --pretty --since',
  free: '-b -k -m -g -h -w -t -l -s=text -c=text --bytes --kibi --mebi --gibi --human --wide --total --lohi --si',
  hostname: '-s --short',
  tty: '-s --silent --quiet',
  lscpu: '-a -b -c -e? -J -p? -x -y --all --json --hex --physical --parse? --extended?',
  cal: '-1 -3 -y -m -s -j',
};

/** Some option of these, not listed above, writes or runs something. */
const NOT_TAME = new Set(['file', 'tree', 'nm', 'size', 'readelf', 'objdump', 'zipinfo']);
const tame = (name: string, options: string): string => (NOT_TAME.has(name) ? options : `* ${options}`);

const PS =
  '* -A -a -d -e -f -F -j -l -L -M -N -o=text -p=text -C=text -u=text -U=text -t=text -w -y -H --forest --no-headers --headers --sort=text --pid=text --ppid=text --user=text --format=text --cols=text --columns=text --width=text --rows=text';
/** BSD's `e` shows the environment of every process. */
const ps: Judge = (args, it, name) => {
  for (const word of parseOptions(PS, args, it, name).operands)
    if (word.kind !== 'known' || !/^([afjlmrsuTvwxX]+|[0-9]+)$/.test(word.text))
      it.doubt('ps may show the environment of processes');
};

/** tree takes the values of clustered letters from the words behind, and lets options follow in the cluster. */
function withoutClusters(judge: Judge): Judge {
  return (args, it, name) => {
    if (args.some((word) => /^-[a-zA-Z]*[PILTHo]/.test(word.text) && word.text.length > 2))
      it.doubt(`${name} options in one word are not looked into`);
    judge(args, it, name);
  };
}

/** What starts with an at sign is a file of options to the programs of binutils. */
const BINUTILS = new Set(['strings', 'nm', 'size', 'readelf', 'objdump']);
function notFromFile(judge: Judge): Judge {
  return (args, it, name) => {
    if (args.some((word) => word.text.startsWith('@') || (word.kind !== 'known' && headOf(word) === '')))
      it.doubt(`${name} may take options from a file`);
    judge(args, it, name);
  };
}

export const FILES: [string, Judge][] = [
  ...Object.entries(READ).map(([name, options]): [string, Judge] => [
    name,
    BINUTILS.has(name) ? notFromFile(looking('read', tame(name, options))) : looking('read', tame(name, options)),
  ]),
  ['ps', ps],
  ...Object.entries(LIST).map(([name, options]): [string, Judge] => [
    name,
    name === 'tree' ? withoutClusters(looking('list', options)) : looking('list', tame(name, options)),
  ]),
  ...Object.entries(TEXT).map(([name, options]): [string, Judge] => [name, looking('text', tame(name, options))]),
  ...Object.entries(NONE).map(([name, options]): [string, Judge] => [name, looking('none', options)]),
];
