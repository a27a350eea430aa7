import { harmless, looking, parseOptions } from '../options.ts';
import type { Judge } from '../judging.ts';
import { known, mayBeOption, type Word } from '../word.ts';

// Programs that search, sort and compare text: GNU grep 3.8, ripgrep 13, GNU coreutils 9, GNU diffutils 3.8, jq 1.6.

const GREP =
  '* -# -a -A=text -b -B=text -c -C=text -d=text -D=text -e=text -E -f=path -F -G -h -H -i -I -l -L -m=text -n -o -P -q -r -R -s -T -U -u -v -w -x -y -z -Z --after-context=text --basic-regexp --before-context=text --binary --binary-files=text --byte-offset --color? --colour? --context=text --count --devices=text --directories=text --exclude=text --exclude-from=path --exclude-dir=text --extended-regexp --file=path --files-with-matches --files-without-match --fixed-strings --include=text --ignore-case --no-ignore-case --initial-tab --invert-match --label=text --line-buffered --line-number --line-regexp --max-count=text --no-filename --no-messages --null --null-data --only-matching --perl-regexp --quiet --silent --recursive --dereference-recursive --regexp=text --text --unix-byte-offsets --with-filename --word-regexp';

const grep: Judge = (args, it, name) => {
  const { operands, options } = parseOptions(GREP, args, it, name);
  const hasPattern = ['-e', '-f', '--regexp', '--file'].some((option) => options.has(option));
  // As good as named.
  for (const word of args) if (word.text.startsWith('--include=')) it.path(known(word.text.slice(10)), 'read');
  const [pattern] = operands;
  if (!hasPattern && pattern && pattern.kind !== 'known') it.path(pattern, 'read');
  for (const word of operands.slice(hasPattern ? 0 : 1)) if (word.text !== '-') it.path(word, 'read');
};

const RG =
  '-# -A=text -B=text -C=text -c -e=text -E=text -f=path -F -g=text -h -H -i -I -j=text -l -L -m=text -M=text -n -N -o -p -P -q -r=text -s -S -t=text -T=text -U -u -v -V -w -x -. -0 -a --after-context=text --before-context=text --context=text --count --count-matches --regexp=text --encoding=text --file=path --files --files-with-matches --files-without-match --fixed-strings --follow --glob=text --iglob=text --hidden --heading --no-heading --ignore-case --ignore-file=path --invert-match --json --line-number --no-line-number --line-regexp --max-columns=text --max-columns-preview --max-count=text --max-depth=text --max-filesize=text --multiline --multiline-dotall --no-filename --no-ignore --no-ignore-vcs --no-ignore-global --no-messages --no-config --null --null-data --one-file-system --only-matching --passthru --pcre2 --pretty --quiet --replace=text --sort=text --sortr=text --smart-case --case-sensitive --stats --text --threads=text --trim --type=text --type-not=text --type-list --type-add=text --unrestricted --vimgrep --with-filename --word-regexp --color=text --colors=text --column --crlf --debug --path-separator=text --no-require-git --no-unicode --auto-hybrid-regex --engine=text --binary --block-buffered --line-buffered';

const rg: Judge = (args, it, name) => {
  const { operands, options } = parseOptions(RG, args, it, name);
  // As good as named.
  for (const [index, word] of args.entries()) {
    const [, attached] = /^(?:-g|--i?glob=)(.+)$/s.exec(word.text) ?? [];
    const glob = /^(-g|--i?glob)$/.test(word.text) ? args[index + 1]?.text : attached;
    if (glob !== undefined && !glob.startsWith('!')) it.path(known(glob), 'read');
  }
  const hasPattern = ['-e', '-f', '--regexp', '--file', '--files', '--type-list'].some((option) => options.has(option));
  for (const word of operands.slice(hasPattern ? 0 : 1)) if (word.text !== '-') it.path(word, 'read');
};

const SORT =
  '-b -d -f -g -h -i -k=text -m -M -n -r -R -s -S=text -t=text -u -V -z -c -C --ignore-leading-blanks --dictionary-order --ignore-case --general-numeric-sort --human-numeric-sort --ignore-nonprinting --key=text --merge --month-sort --numeric-sort --reverse --random-sort --stable --buffer-size=text --field-separator=text --unique --version-sort --zero-terminated --check? --parallel=text --sort=text --batch-size=text --debug -o=write --output=write';

const sort: Judge = (args, it, name) => {
  const { operands, options } = parseOptions(SORT, args, it, name);
  if (options.has('-o') || options.has('--output')) it.doubt('sort -o writes a file');
  for (const word of operands) if (word.text !== '-') it.path(word, 'read');
};

const UNIQ =
  '-c -d -D -f=text -i -s=text -u -w=text -z --count --repeated --all-repeated? --group? --skip-fields=text --ignore-case --skip-chars=text --unique --check-chars=text --zero-terminated';

const uniq: Judge = (args, it, name) => {
  const { operands } = parseOptions(UNIQ, args, it, name);
  if (operands.some((word) => word.kind !== 'known')) it.doubt('uniq may be given a second operand, which it writes');
  const [input, output] = operands;
  if (input && input.text !== '-') it.path(input, 'read');
  if (!output) return;
  it.doubt('uniq writes its second operand');
  it.path(output, 'write');
};

const SHUF =
  '-e -i=text -n=text -r -z --echo --input-range=text --head-count=text --repeat --zero-terminated --random-source=path';
const shuf: Judge = (args, it, name) => {
  const { operands, options } = parseOptions(SHUF, args, it, name);
  if (!options.has('-e') && !options.has('--echo')) for (const word of operands) it.path(word, 'read');
};

const DIFF =
  '* -# -a -b -B -c -C=text -d -D=text -e -E -F=text -H -i -I=text -n -N -p -P -q -r -s -S=text -t -T -u -U=text -v -w -W=text -x=text -X=path -y -Z --brief --report-identical-files --context? --unified? --ed --normal --rcs --side-by-side --width=text --left-column --suppress-common-lines --show-c-function --show-function-line=text --label=text -L=text --expand-tabs --initial-tab --tabsize=text --suppress-blank-empty --recursive --no-dereference --new-file --unidirectional-new-file --ignore-file-name-case --exclude=text --exclude-from=path --ignore-case --ignore-tab-expansion --ignore-trailing-space --ignore-space-change --ignore-all-space --ignore-blank-lines --ignore-matching-lines=text --text --strip-trailing-cr --minimal --speed-large-files --color? --from-file=path --to-file=path';

const JQ =
  '-a -c -C -e -j -M -n -r -R -s -S --ascii-output --compact-output --color-output --exit-status --join-output --monochrome-output --null-input --raw-output --raw-output0 --raw-input --slurp --sort-keys --tab --indent=text --seq --stream --stream-errors --unbuffered';

const jq: Judge = (args, it, name) => {
  // These take two words each, or all that follow.
  const rest: Word[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] as Word;
    if (word.kind === 'known' && word.text === '--') {
      rest.push(...args.slice(at));
      break;
    }
    if (word.kind === 'known' && /^--(arg|argjson|slurpfile|rawfile)$/.test(word.text)) {
      const value = args[at + 2];
      if (value && word.text.endsWith('file')) it.path(value, 'read');
      at += 2;
    } else if (word.kind === 'known' && /^--(args|jsonargs)$/.test(word.text)) continue;
    else rest.push(word);
  }
  const [filter, ...files] = parseOptions(JQ, rest, it, name).operands;
  if (!filter) return;
  if (filter.kind !== 'known') it.doubt('the jq filter is not known beforehand');
  else if (/\b(import|include|env|modulemeta|input_filename|get_search_list)\b|\bENV\b|\$__/.test(filter.text))
    it.doubt('the jq filter reads more than its input');
  for (const word of files) it.path(word, 'read');
};

const DATE =
  '-d=text -f=path -I? -R -u -r=path --date=text --file=path --iso-8601? --rfc-3339=text --rfc-email --utc --universal --reference=path --debug';
const date: Judge = (args, it, name) => {
  for (const word of parseOptions(DATE, args, it, name).operands)
    if (word.kind !== 'known' || !word.text.startsWith('+')) it.doubt('date sets the clock with this');
};

const printf: Judge = (args, it, name) => {
  harmless(args, it, name);
  // -v takes a name, in which bash computes what stands in brackets.
  const [first] = args;
  if (!first || !mayBeOption(first) || first.text === '--') return;
  it.doubt('printf may set a variable');
  const isPlain =
    args.length > 1 && first.text === '-v' && /^\w+$/.test(args[1]?.text ?? '') && args[1]?.kind === 'known';
  if (!isPlain) it.unread('printf may set any variable');
};

const UNARY = /^-[a-hkprstuwxzLGNOSno]$/;
const test: Judge = (args, it) => {
  for (const [index, word] of args.entries()) {
    if (word.kind === 'unknown' && word.splits) it.doubt('test may be given more than one word');
    if (word.kind === 'known' && /^-[vR]$/.test(word.text)) {
      const named = args[index + 1];
      if (named?.kind === 'known' && /^\w*$/.test(named.text)) it.doubt('it computes with a value that bash may run');
      else it.unread('it computes with a value that bash may run');
    }
    if (
      word.kind !== 'known' &&
      mayBeOption(word) &&
      args[index + 1]?.kind === 'known' &&
      /[[]/.test(args[index + 1]?.text ?? '')
    )
      it.unread('it computes with a value that bash may run');
    const operand = args[index + 1];
    if (
      word.kind === 'known' &&
      UNARY.test(word.text) &&
      !/^-[zntoN]$/.test(word.text) &&
      operand &&
      operand.text !== ']'
    )
      it.path(operand, 'list');
    if (word.kind === 'known' && /^-(nt|ot|ef)$/.test(word.text))
      for (const side of [args[index - 1], operand]) if (side) it.path(side, 'list');
  }
};

const XXD = '-# -a -b -c=text -C -d -e -E -g=text -h -i -l=text -n=text -o=text -p -s=text -u -v -ps -plain';
const xxd: Judge = (args, it, name) => {
  const plain = args.map((word) => (/^-(ps|plain|postscript)$/.test(word.text) ? { ...word, text: '-p' } : word));
  const { operands } = parseOptions(XXD, plain, it, name);
  if (operands.some((word) => word.kind !== 'known')) it.doubt('xxd may be given a second operand, which it writes');
  const [input, output] = operands;
  if (input && input.text !== '-') it.path(input, 'read');
  if (!output) return;
  it.doubt('xxd writes its second operand');
  it.path(output, 'write');
};

/** Tables of contents only. */
const tar: Judge = (args, it, name) => {
  const [first, ...rest] = args;
  const isOld = first?.kind === 'known' && /^[a-zA-Z]+$/.test(first.text);
  // In the old style the values of all letters come afterwards, in order.
  if (isOld && /f.|[bCIKNXTLgHVF]/.test(first.text)) it.doubt('tar is told what to do in a way that is not understood');
  const TAR =
    '-t -v -z -j -J -f=path -a -O -k --list --verbose --gzip --bzip2 --xz --zstd --file=path --auto-compress --exclude=text --wildcards --no-wildcards --full-time --numeric-owner --show-transformed-names --block-number --totals? --force-local -R';
  // Its operands are names of members, not of files.
  const { options } = parseOptions(TAR, isOld ? [{ ...first, text: `-${first.text}` }, ...rest] : args, it, name);
  if (!options.has('-t') && !options.has('--list') && !options.has('--version') && !options.has('--help'))
    it.doubt('tar packs or unpacks with this');
  const file = options.get('-f') ?? options.get('--file');
  if (file && (file.kind !== 'known' || file.text.includes(':'))) it.doubt('tar may take this for another machine');
};

const unzip: Judge = (args, it, name) => {
  const { options, operands } = parseOptions('-l -v -Z -t -p -q -1 -2 -s -m -h -C', args, it, name);
  if (!['-l', '-v', '-Z', '-t', '-p'].some((option) => options.has(option))) it.doubt('unzip unpacks with this');
  const [archive] = operands;
  if (archive) it.path(archive, 'read');
};

/** Terminal capabilities that are numbers; others change the terminal. */
const tput: Judge = (args, it) => {
  if (args.length !== 1 || !/^(cols|lines|colors)$/.test(args[0]?.text ?? '')) it.doubt('tput may change the terminal');
};

const gzip: Judge = (args, it, name) => {
  const { operands, options } = parseOptions(
    '-c -d -k -l -q -t -v -# --stdout --to-stdout --decompress --keep --list --quiet --test --verbose',
    args,
    it,
    name,
  );
  if (!['-c', '-l', '-t', '--stdout', '--to-stdout', '--list', '--test'].some((option) => options.has(option)))
    it.doubt(`${name} replaces files with this`);
  for (const word of operands) if (word.text !== '-') it.path(word, 'read');
};

/** Names of hosts are looked up in the network. */
const lsof: Judge = (args, it, name) => {
  const { operands } = parseOptions('-a -i? -n -P -p=text -t -u=text -c=text -l', args, it, name);
  for (const word of args)
    if (word.text.startsWith('-i') && !/^-i[46]?(tcp|udp)?(:[\d,-]+)?$/i.test(word.text))
      it.doubt('lsof may look up a name');
  for (const word of operands) if (!/^[46]?(tcp|udp)?:[\d,-]+$/i.test(word.text)) it.path(word, 'read');
};

const kill: Judge = (args, it) => {
  if (args[0]?.text !== '-l' && args[0]?.text !== '-L') it.doubt('kill ends processes');
};

export const TEXTS: [string, Judge][] = [
  ['grep', grep],
  ['egrep', grep],
  ['fgrep', grep],
  ['rg', rg],
  ['sort', sort],
  ['uniq', uniq],
  ['shuf', shuf],
  ['diff', looking('read', DIFF)],
  ['jq', jq],
  ['date', date],
  ['printf', printf],
  ['test', test],
  ['[', test],
  ['xxd', xxd],
  ['tar', tar],
  ['unzip', unzip],
  ['tput', tput],
  [
    'jobs',
    (args, it, name) => {
      // -x starts what stands behind it.
      if (args.some((word) => word.kind !== 'known' || !/^-[lnprs]+$/.test(word.text)))
        it.unread(`${name} is not understood with this`);
    },
  ],
  ['gzip', gzip],
  ['gunzip', gzip],
  ['kill', kill],
  [
    'ss',
    looking(
      'none',
      '-a -l -n -p -t -u -x -w -4 -6 -e -i -m -o -s -H -O -Z --all --listening --numeric --processes --tcp --udp --unix --summary --no-header --options --extended --memory --info',
    ),
  ],
  ['lsof', lsof],
  ['zcat', looking('read', '-f -l -q -v')],
  ...[
    'echo',
    'true',
    'false',
    ':',
    'pwd',
    'sleep',
    'seq',
    'yes',
    'basename',
    'dirname',
    'expr',
    'exit',
    'return',
    'break',
    'continue',
    'times',
  ].map((name): [string, Judge] => [name, harmless]),
];
