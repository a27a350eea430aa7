import { parseOptions } from '../options.ts';
import type { Judge, Judging } from '../judging.ts';
import { digestsIn, showsContent } from './gitContent.ts';
import { after, headOf, known, mayBeOption, type Word } from '../word.ts';

// git subcommands that only look, git 2.39 to 2.51 (git-scm.com/docs). `--output`, `--ext-diff`, `--textconv`,
// `--open-files-in-pager`, `--upload-pack`, `--exec` and whatever else writes or runs are left out on purpose.

const DIFF =
  '-p -u -s -U? -z -a -b -w -B? -M? -C? -D -G=text -S=text -l=text -O=path -R -W -r -t -c --cc --patch --no-patch --unified? --output-indicator-new=text --output-indicator-old=text --raw --patch-with-raw --indent-heuristic --no-indent-heuristic --minimal --patience --histogram --anchored=text --diff-algorithm=text --stat? --compact-summary --numstat --shortstat --dirstat? --cumulative --summary --patch-with-stat --name-only --name-status --submodule? --color? --no-color --color-moved? --no-color-moved --color-moved-ws=text --word-diff? --word-diff-regex=text --color-words? --no-renames --rename-empty --check --ws-error-highlight=text --full-index --binary --abbrev? --break-rewrites? --find-renames? --find-copies? --find-copies-harder --irreversible-delete --diff-filter=text --find-object=text --pickaxe-all --pickaxe-regex --skip-to=text --rotate-to=text --relative? --no-relative --text --ignore-cr-at-eol --ignore-space-at-eol --ignore-space-change --ignore-all-space --ignore-blank-lines --ignore-matching-lines=text --inter-hunk-context=text --function-context --exit-code --quiet --no-ext-diff --no-textconv --ignore-submodules? --src-prefix=text --dst-prefix=text --no-prefix --default-prefix --line-prefix=text --ita-invisible-in-index --no-index --staged --cached --merge-base --base --ours --theirs --combined-all-paths --diff-merges=text --no-diff-merges --remerge-diff --dd -m';
const REVISIONS =
  '-# -n=text -i -E -F -P -g --max-count=text --skip=text --since=text --after=text --until=text --before=text --since-as-filter=text --author=text --committer=text --grep-reflog=text --grep=text --all-match --invert-grep --regexp-ignore-case --basic-regexp --extended-regexp --fixed-strings --perl-regexp --remove-empty --merges --no-merges --min-parents=text --max-parents=text --first-parent --exclude-first-parent-only --not --all --branches? --tags? --remotes? --glob=text --exclude=text --exclude-hidden=text --reflog --ignore-missing --cherry-mark --cherry-pick --left-only --right-only --cherry --walk-reflogs --boundary --simplify-by-decoration --show-pulls --full-history --dense --sparse --simplify-merges --ancestry-path? --date-order --author-date-order --topo-order --reverse --no-walk? --do-walk --pretty? --format=text --abbrev-commit --no-abbrev-commit --oneline --encoding=text --expand-tabs? --no-expand-tabs --notes? --no-notes --relative-date --date=text --parents --children --left-right --graph --no-graph --show-linear-break? --follow --decorate? --no-decorate --decorate-refs=text --decorate-refs-exclude=text --source --no-mailmap --mailmap --use-mailmap --log-size -L=text --clear-decorations';

interface Look {
  options: string;
  /** What stands after the options: revisions and paths, paths alone, or neither. */
  operands: 'revisions' | 'paths' | 'text' | 'none';
}

const LOOKS: Record<string, Look> = {
  status: {
    options:
      '-s -b -u? -v -z --short --branch --show-stash --porcelain? --long --verbose --untracked-files? --ignore-submodules? --ignored? --column? --no-column --ahead-behind --no-ahead-behind --renames --no-renames --find-renames?',
    operands: 'paths',
  },
  diff: { options: DIFF, operands: 'revisions' },
  'diff-tree': {
    options: `${DIFF} -v --stdin --root --no-commit-id --always --pretty? --format=text`,
    operands: 'revisions',
  },
  'diff-index': { options: DIFF, operands: 'revisions' },
  'diff-files': { options: `${DIFF} -q`, operands: 'revisions' },
  log: { options: `${DIFF} ${REVISIONS}`, operands: 'revisions' },
  whatchanged: { options: `${DIFF} ${REVISIONS}`, operands: 'revisions' },
  show: { options: `${DIFF} ${REVISIONS}`, operands: 'revisions' },
  'rev-list': {
    options: `${REVISIONS} --count --objects --use-bitmap-index --timestamp --header --no-commit-header --disk-usage? --unpacked --quiet -z`,
    operands: 'revisions',
  },
  shortlog: {
    options: `${REVISIONS} -n -s -e -c -w? --numbered --summary --email --group=text`,
    operands: 'revisions',
  },
  blame: {
    options:
      '-b -c -C? -e -f -k -l -L=text -M? -n -p -s -t -w --root --show-stats --show-name --show-number --show-email --porcelain --line-porcelain --incremental --encoding=text --date=text --since=text --first-parent --abbrev? --ignore-rev=text --ignore-revs-file=path --color-lines --color-by-age --minimal --progress --no-progress --reverse',
    operands: 'revisions',
  },
  describe: {
    options:
      '--all --tags --contains --abbrev? --candidates=text --exact-match --debug --long --match=text --exclude=text --always --first-parent --dirty? --broken?',
    operands: 'text',
  },
  'rev-parse': {
    options:
      '-q --short? --verify --abbrev-ref? --symbolic --symbolic-full-name --show-toplevel --show-prefix --show-cdup --git-dir --git-common-dir --absolute-git-dir --is-inside-work-tree --is-inside-git-dir --is-bare-repository --is-shallow-repository --show-superproject-working-tree --all --branches? --tags? --remotes? --quiet --sq --not --flags --no-flags --revs-only --no-revs --default=text --show-object-format? --local-env-vars --git-path=text --disambiguate=text',
    operands: 'text',
  },
  'ls-files': {
    options:
      '-c -d -o -i -s -u -k -m -t -v -f -z -x=text -X=path --cached --deleted --others --ignored --stage --unmerged --killed --modified --directory --no-empty-directory --eol --deduplicate --exclude=text --exclude-from=path --exclude-per-directory=text --exclude-standard --error-unmatch --full-name --recurse-submodules --abbrev? --debug --format=text --sparse --with-tree=text',
    operands: 'paths',
  },
  'ls-tree': {
    options:
      '-d -r -t -l -z --long --name-only --name-status --object-only --full-name --full-tree --abbrev? --format=text',
    operands: 'revisions',
  },
  'cat-file': {
    options: '-t -s -e -p --batch-check? --batch-all-objects --unordered --buffer --follow-symlinks',
    operands: 'revisions',
  },
  'name-rev': {
    options: '--tags --refs=text --exclude=text --all --name-only --no-undefined --always',
    operands: 'text',
  },
  'for-each-ref': {
    options:
      '-s -p --count=text --sort=text --format=text --color? --points-at? --merged? --no-merged? --contains? --no-contains? --ignore-case --omit-empty --exclude=text --shell --perl --python --tcl',
    operands: 'text',
  },
  'show-ref': {
    options: '-d -s -q --head --heads --branches --tags --dereference --hash? --verify --abbrev? --quiet --exists',
    operands: 'text',
  },
  'show-branch': {
    options:
      '-a -r --all --remotes --current --topo-order --date-order --sparse --more? --list --merge-base --independent --no-name --sha1-name --topics --color? --no-color -g? --reflog?',
    operands: 'text',
  },
  'merge-base': { options: '-a --all --octopus --independent --is-ancestor --fork-point', operands: 'text' },
  'count-objects': { options: '-v -H --verbose --human-readable', operands: 'none' },
  'check-ignore': { options: '-q -v -n -z --quiet --verbose --non-matching --stdin --no-index', operands: 'paths' },
  'check-attr': { options: '-a -z --all --cached --stdin --source=text', operands: 'text' },
  'check-ref-format': {
    options: '--allow-onelevel --no-allow-onelevel --refspec-pattern --normalize --branch',
    operands: 'text',
  },
  cherry: { options: '-v --abbrev?', operands: 'text' },
  'range-diff': {
    options: `${DIFF} --creation-factor=text --no-dual-color --left-only --right-only`,
    operands: 'revisions',
  },
  grep: {
    options:
      '-# -a -A=text -B=text -c -C=text -e=text -E -f=path -F -G -h -H -i -I -l -L -m=text -n -o -p -P -q -r -v -w -W -z --cached --untracked --no-index --no-exclude-standard --exclude-standard --recurse-submodules --text --ignore-case --max-depth=text --recursive --no-recursive --word-regexp --invert-match --full-name --extended-regexp --basic-regexp --perl-regexp --fixed-strings --line-number --column --files-with-matches --name-only --files-without-match --null --only-matching --count --color? --no-color --break --heading --show-function --context=text --after-context=text --before-context=text --function-context --max-count=text --threads=text --and --or --not --all-match --quiet',
    operands: 'revisions',
  },
  fsck: {
    options:
      '--full --no-full --strict --verbose --dangling --no-dangling --connectivity-only --no-reflogs --unreachable --tags --root --name-objects --progress --no-progress',
    operands: 'text',
  },
  var: { options: '-l', operands: 'text' },
  version: { options: '--build-options', operands: 'none' },
};

/** Subcommands of subcommands that look. Absent: asks. */
const NESTED: Record<string, Record<string, Look>> = {
  stash: {
    list: { options: `${DIFF} ${REVISIONS}`, operands: 'revisions' },
    show: { options: `${DIFF} -u --include-untracked --only-untracked`, operands: 'text' },
  },
  reflog: {
    show: { options: `${DIFF} ${REVISIONS}`, operands: 'revisions' },
    exists: { options: '', operands: 'text' },
    list: { options: '', operands: 'none' },
  },
  worktree: { list: { options: '-v -z --porcelain --verbose', operands: 'none' } },
  remote: { 'get-url': { options: '--push --all', operands: 'text' } },
  notes: { list: { options: '', operands: 'text' }, show: { options: '', operands: 'text' } },
  submodule: {
    status: { options: '--cached --recursive --quiet', operands: 'paths' },
    summary: { options: '--cached --files -n=text', operands: 'text' },
  },
  bisect: { log: { options: '', operands: 'none' } },
  'sparse-checkout': { list: { options: '', operands: 'none' } },
  config: {
    get: {
      options:
        '--all --show-names --regexp --value=text --fixed-value --default=text --local --global --system --worktree --bool --int --type=text --show-origin --show-scope --null -z --includes',
      operands: 'text',
    },
    list: {
      options: '--local --global --system --worktree --show-origin --show-scope --null -z --name-only --includes',
      operands: 'none',
    },
  },
};

const BRANCH =
  '-a -r -l -v -q -i --all --remotes --list --verbose --show-current --contains? --no-contains? --merged? --no-merged? --points-at=text --sort=text --format=text --color? --no-color --column? --no-column --abbrev? --no-abbrev --ignore-case --omit-empty';
const TAG =
  '-l -n? -i --list --contains? --no-contains? --merged? --no-merged? --points-at? --sort=text --format=text --color? --column? --no-column --ignore-case --omit-empty';
const CONFIG =
  '-l -z --list --get --get-all --get-regexp --get-urlmatch --get-color --get-colorbool --local --global --system --worktree --show-origin --show-scope --name-only --null --bool --int --bool-or-int --path --type=text --default=text --includes --no-includes';

export const git: Judge = (args, it) => {
  let rest = [...args];
  let folder: Word | undefined;
  for (;;) {
    const [first, second] = rest;
    if (!first || !mayBeOption(first)) break;
    if (first.kind !== 'known') break;
    if (first.text === '-C' && second) {
      if (folder !== undefined) it.doubt('git is told of several folders');
      folder = second;
      it.path(second, 'list');
      rest = rest.slice(2);
    } else if (first.text === '-c' && second?.kind === 'known' && isHarmlessConfig(second.text)) rest = rest.slice(2);
    else if (/^(--no-pager|-P|--no-optional-locks|--literal-pathspecs|--no-replace-objects)$/.test(first.text))
      rest = rest.slice(1);
    else break;
  }
  const [command, ...own] = rest;
  const inFolder: Judging = folder === undefined ? it : movedTo(it, folder);
  it.usesStore();
  if (command?.kind === 'known' && (command.text === '--version' || command.text === '-v') && own.length === 0) return;
  if (command?.kind !== 'known' || mayBeOption(command)) {
    it.doubt(command ? `git ${command.text.slice(0, 40)} is not known to only look` : 'git alone does nothing');
    return;
  }
  subcommand(command.text, own, inFolder);
};

function subcommand(command: string, args: readonly Word[], it: Judging): void {
  const name = `git ${command}`;
  if (args.some((word) => word.kind === 'unknown')) it.doubt(`what ${name} is told is not known beforehand`);
  if (args.some((word) => word.text.includes('%(signature'))) it.doubt('git runs gpg to check signatures');
  const look = Object.hasOwn(LOOKS, command) ? LOOKS[command] : undefined;
  if (look) {
    looks(look, args, it, name);
    return;
  }
  // Here a name that fits a glob could be another subcommand, or a value to set.
  if (
    /^(branch|tag|config|remote|reflog|symbolic-ref|stash|worktree|notes|submodule|bisect)$/.test(command) &&
    args.some((word) => word.kind !== 'known')
  )
    it.doubt(`what ${name} is told is not known beforehand`);
  if (command === 'branch' || command === 'tag') {
    const given = parseOptions(command === 'branch' ? BRANCH : TAG, args, it, name);
    const { operands, options } = given;
    if (showsContent(name, given)) it.history({ digests: [] });
    const lists = [
      '-l',
      '--list',
      '--contains',
      '--no-contains',
      '--merged',
      '--no-merged',
      '--points-at',
      '-a',
      '-r',
      '--all',
      '--remotes',
      '-n',
    ];
    // With -a or -r alone a name still makes a branch.
    const isList = lists.some(
      (option) => options.has(option) && !(command === 'branch' && /^(-a|-r|--all|--remotes|-n)$/.test(option)),
    );
    if (operands.length > 0 && !isList) it.doubt(`${name} with a name makes or changes one`);
    return;
  }
  if (command === 'config' && !['get', 'list'].includes(args[0]?.text ?? '')) {
    const { options, operands } = parseOptions(CONFIG, args, it, name);
    if (/^(edit|set|unset|rename-section|remove-section)$/.test(operands[0]?.text ?? ''))
      it.doubt('git config changes the configuration with this');
    const reads = ['-l', '--list', '--get', '--get-all', '--get-regexp', '--get-urlmatch'].some((option) =>
      options.has(option),
    );
    if (!reads && operands.length !== 1) it.doubt('git config changes the configuration with this');
    return;
  }
  if (
    command === 'remote' &&
    (args.length === 0 || (args.length === 1 && /^(-v|--verbose)$/.test(args[0]?.text ?? '')))
  )
    return;
  if (
    command === 'reflog' &&
    (args.length === 0 ||
      !Object.hasOwn({ expire: 1, delete: 1, drop: 1, write: 1, show: 1, exists: 1, list: 1 }, args[0]?.text ?? ''))
  ) {
    looks(LOOKS['log'] as Look, args, it, name);
    return;
  }
  if (command === 'symbolic-ref') {
    const { operands } = parseOptions('-q --quiet --short --no-recurse', args, it, name);
    if (operands.length !== 1) it.doubt('git symbolic-ref with two names changes one');
    return;
  }
  if (command === 'submodule' && args.length === 0) return;
  const nested = Object.hasOwn(NESTED, command) ? NESTED[command] : undefined;
  const [second, ...own] = args;
  const inner =
    nested && second?.kind === 'known' && Object.hasOwn(nested, second.text) ? nested[second.text] : undefined;
  if (inner) looks(inner, own, it, `${name} ${second?.text ?? ''}`);
  else {
    it.doubt(
      `${name}${second?.kind === 'known' && nested ? ` ${second.text.slice(0, 40)}` : ''} is not known to only look`,
    );
    namedPaths(args, it);
  }
}

function looks(look: Look, args: readonly Word[], it: Judging, name: string): void {
  const end = args.findIndex((word) => word.kind === 'known' && word.text === '--');
  if (args.some((word) => word.text === '--help')) it.doubt('git --help starts a viewer of manuals');
  if (args.some((word) => /%[-+ ]?G/.test(word.text))) it.doubt('git runs gpg to check signatures');
  const given = parseOptions(look.options, end === -1 ? args : args.slice(0, end), it, name);
  const { operands, options } = given;
  if (showsContent(name, given)) it.history({ digests: digestsIn(given) });
  const paths = end === -1 ? [] : args.slice(end + 1);
  if (look.operands === 'none' && operands.length > 0)
    it.doubt(`${name} ${operands[0]?.text ?? ''} is not known to only look`);
  for (const [index, word] of args.entries()) {
    const range = word.text === '-L' ? (args[index + 1]?.text ?? '') : word.text.startsWith('-L') ? word.text : '';
    if (range.includes(':')) it.path(known(range.slice(range.lastIndexOf(':') + 1)), 'read');
  }
  const skipped = name === 'git grep' && !options.has('-e') && !options.has('-f') ? 1 : 0;
  if (look.operands === 'paths' || look.operands === 'revisions')
    for (const word of operands.slice(skipped)) pathspec(word, it);
  for (const word of paths) pathspec(word, it);
}

/** `HEAD:path`, `:(exclude)path`, `path`, or a revision that names no path and does no harm as one. */
function pathspec(word: Word, it: Judging): void {
  const head = headOf(word);
  if (word.kind === 'unknown') {
    it.doubt('what git is asked to show is not known beforehand');
    return;
  }
  if (head.includes('\\') || /\{[^}]*:/.test(head) || /^:\((?!(exclude|top)\))/.test(head))
    it.doubt('how git reads this path is not known');
  if (/^:([!^/]|\()/.test(head)) {
    const path = head.replace(/^:(\([^)]*\)|[!^/]+)/, '');
    if (!/exclude|[!^]/.test(head.slice(0, head.length - path.length)) && path !== '') it.path(known(path), 'read');
    return;
  }
  const cut = /^:[0-3]:/.test(head) ? 2 : head.indexOf(':');
  if (cut !== -1) it.path(after(word, cut + 1), 'read');
  else if (/[*?[]/.test(head)) it.path({ kind: 'pattern', text: head, head: '' }, 'read');
  else if (!/^[\w./~^@{}-]*\.\.\.?[\w./~^@{}-]*$/.test(head) || /(^|\/)\.\.(\/|$)/.test(head)) it.path(word, 'read');
}

/** Paths in a command that changes something: an edge of the policy may still forbid it. */
function namedPaths(args: readonly Word[], it: Judging): void {
  const end = args.findIndex((word) => word.text === '--');
  for (const word of end === -1 ? args.filter((one) => !mayBeOption(one)) : args.slice(end + 1))
    if (word.kind !== 'unknown') it.path(word, 'list');
}

function movedTo(it: Judging, folder: Word): Judging {
  const move = (word: Word): Word => {
    if (/^[/~]/.test(headOf(word)) || folder.kind !== 'known') return word;
    const text = `${folder.text}/${word.text}`;
    return word.kind === 'known' ? known(text) : { ...word, text, head: `${folder.text}/${word.head}` };
  };
  if (folder.kind !== 'known') it.doubt('the folder that git works in is not known beforehand');
  return {
    ...it,
    path: (word, access) => {
      it.path(move(word), access);
    },
    history: (shown) => {
      it.history({ ...shown, folder });
    },
  };
}

function isHarmlessConfig(setting: string): boolean {
  return /^(color\.[\w.]+|core\.quotepath|core\.abbrev|diff\.(noprefix|renames|renamelimit|algorithm|context|mnemonicprefix)|log\.(date|decorate|showsignature=false)|advice\.\w+|column\.\w+|status\.\w+|core\.pager=(cat)?$)(=[\w-]*)?$/i.test(
    setting,
  );
}
