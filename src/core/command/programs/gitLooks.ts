// git subcommands that only look, git 2.39 to 2.51 (git-scm.com/docs). `--output`, `--ext-diff`, `--textconv`,
// `--open-files-in-pager`, `--upload-pack`, `--exec` and whatever else writes or runs are left out on purpose.

const DIFF =
  '-p -u -s -U? -z -a -b -w -B? -M? -C? -D -G=text -S=text -l=text -O=path -R -W -r -t -c --cc --patch --no-patch --unified? --output-indicator-new=text --output-indicator-old=text --raw --patch-with-raw --indent-heuristic --no-indent-heuristic --minimal --patience --histogram --anchored=text --diff-algorithm=text --stat? --compact-summary --numstat --shortstat --dirstat? --cumulative --summary --patch-with-stat --name-only --name-status --submodule? --color? --no-color --color-moved? --no-color-moved --color-moved-ws=text --word-diff? --word-diff-regex=text --color-words? --no-renames --rename-empty --check --ws-error-highlight=text --full-index --binary --abbrev? --break-rewrites? --find-renames? --find-copies? --find-copies-harder --irreversible-delete --diff-filter=text --find-object=text --pickaxe-all --pickaxe-regex --skip-to=text --rotate-to=text --relative? --no-relative --text --ignore-cr-at-eol --ignore-space-at-eol --ignore-space-change --ignore-all-space --ignore-blank-lines --ignore-matching-lines=text --inter-hunk-context=text --function-context --exit-code --quiet --no-ext-diff --no-textconv --ignore-submodules? --src-prefix=text --dst-prefix=text --no-prefix --default-prefix --line-prefix=text --ita-invisible-in-index --no-index --staged --cached --merge-base --base --ours --theirs --combined-all-paths --diff-merges=text --no-diff-merges --remerge-diff --dd -m';
const REVISIONS =
  '-# -n=text -i -E -F -P -g --max-count=text --skip=text --since=text --after=text --until=text --before=text --since-as-filter=text --author=text --committer=text --grep-reflog=text --grep=text --all-match --invert-grep --regexp-ignore-case --basic-regexp --extended-regexp --fixed-strings --perl-regexp --remove-empty --merges --no-merges --min-parents=text --max-parents=text --first-parent --exclude-first-parent-only --not --all --branches? --tags? --remotes? --glob=text --exclude=text --exclude-hidden=text --reflog --ignore-missing --cherry-mark --cherry-pick --left-only --right-only --cherry --walk-reflogs --boundary --simplify-by-decoration --show-pulls --full-history --dense --sparse --simplify-merges --ancestry-path? --date-order --author-date-order --topo-order --reverse --no-walk? --do-walk --pretty? --format=text --abbrev-commit --no-abbrev-commit --oneline --encoding=text --expand-tabs? --no-expand-tabs --notes? --no-notes --relative-date --date=text --parents --children --left-right --graph --no-graph --show-linear-break? --follow --decorate? --no-decorate --decorate-refs=text --decorate-refs-exclude=text --source --no-mailmap --mailmap --use-mailmap --log-size -L=text --clear-decorations';

export interface Look {
  options: string;
  /** What stands after the options: revisions and paths, paths alone, or neither. */
  operands: 'revisions' | 'paths' | 'text' | 'none';
}

export const LOOKS: Record<string, Look> = {
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
export const NESTED: Record<string, Record<string, Look>> = {
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

export const BRANCH =
  '-a -r -l -v -q -i --all --remotes --list --verbose --show-current --contains? --no-contains? --merged? --no-merged? --points-at=text --sort=text --format=text --color? --no-color --column? --no-column --abbrev? --no-abbrev --ignore-case --omit-empty';
export const TAG =
  '-l -n? -i --list --contains? --no-contains? --merged? --no-merged? --points-at? --sort=text --format=text --color? --column? --no-column --ignore-case --omit-empty';
export const CONFIG =
  '-l -z --list --get --get-all --get-regexp --get-urlmatch --get-color --get-colorbool --local --global --system --worktree --show-origin --show-scope --name-only --null --bool --int --bool-or-int --path --type=text --default=text --includes --no-includes';
