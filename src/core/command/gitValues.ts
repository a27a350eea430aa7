import type { ConfigEntry } from './gitConfig.ts';

// What of the person's git configuration holds in a cage: values, never anything that git runs, reads or includes. A
// key that is not here stays outside, and so does a value that is not of its kind.

const truth = /^(true|false|yes|no|on|off|0|1)?$/i;
const person = /^[^\p{Cc}\p{Cf}\p{Cs}<>]{1,200}$/u;
const number = /^\d{1,9}$/;
const words = /^[a-z][a-z0-9,=-]{0,100}$/i;
const refs = /^-?[a-z]+(:[a-z]+)*$/i;

/** Names without a subsection, in lower case; sources: git-config(1). */
const KINDS: Readonly<Record<string, RegExp>> = {
  ...{ 'user.name': person, 'user.email': person, 'user.useconfigonly': truth },
  ...{ 'author.name': person, 'author.email': person, 'committer.name': person, 'committer.email': person },
  'init.defaultbranch': /^(?!-|\/|.*(\.\.|\/\/|@\{|\.lock$|\/$))[\w./-]{1,100}$/,
  'safe.directory': /^(\*|\/[^\p{Cc}\p{Cf}\p{Cs}]{0,1000})$/u,
  ...{ 'core.autocrlf': /^(true|false|input)$/i, 'core.eol': /^(lf|crlf|native)$/i },
  ...{ 'core.safecrlf': /^(true|false|warn)$/i, 'core.whitespace': words, 'core.quotepath': truth },
  ...{
    'core.abbrev': /^(auto|no|\d{1,2})$/,
    'core.commentchar': /^(auto|[#;@!$%^&|:])$/,
    'core.precomposeunicode': truth,
  },
  ...{ 'diff.algorithm': words, 'diff.renames': words, 'diff.renamelimit': number, 'diff.context': number },
  ...{ 'diff.interhunkcontext': number, 'diff.noprefix': truth, 'diff.mnemonicprefix': truth, 'diff.relative': truth },
  ...{ 'diff.colormoved': words, 'diff.indentheuristic': truth, 'diff.submodule': /^(short|log)$/ },
  ...{ 'diff.suppressblankempty': truth, 'diff.statgraphwidth': number },
  ...{ 'merge.conflictstyle': words, 'merge.ff': words, 'merge.renames': truth, 'merge.renamelimit': number },
  ...{ 'pull.rebase': words, 'pull.ff': words, 'rebase.autostash': truth, 'rebase.autosquash': truth },
  ...{ 'rebase.updaterefs': truth, 'rerere.enabled': truth, 'rerere.autoupdate': truth },
  ...{ 'commit.cleanup': words, 'commit.status': truth, 'commit.verbose': /^(true|false|\d)$/i },
  ...{
    'status.short': truth,
    'status.branch': truth,
    'status.showuntrackedfiles': words,
    'status.relativepaths': truth,
  },
  ...{ 'log.date': words, 'log.decorate': words, 'log.follow': truth, 'log.abbrevcommit': truth, 'log.mailmap': truth },
  ...{ 'branch.sort': refs, 'tag.sort': refs, 'branch.autosetupmerge': words, 'branch.autosetuprebase': words },
  ...{ 'column.ui': words, 'apply.whitespace': words, 'blame.date': words, 'stash.showpatch': truth },
  ...{ 'i18n.commitencoding': words, 'i18n.logoutputencoding': words, 'fetch.prune': truth, 'push.default': words },
};

const MOST_VALUES = 200;

/** Those of the entries that hold in a cage, in order. */
export function gitValues(entries: readonly ConfigEntry[]): ConfigEntry[] {
  return entries.filter(({ key, value }) => isValue(key, value)).slice(-MOST_VALUES);
}

function isValue(key: string, value: string | undefined): boolean {
  if (/^advice\.[a-z]+$/.test(key)) return truth.test(value ?? '');
  if (!Object.hasOwn(KINDS, key)) return false;
  // A name alone is true.
  return value === undefined ? KINDS[key] === truth : (KINDS[key]?.test(value) ?? false) && value !== '';
}

/** The values as a configuration file. */
export function gitValuesText(values: readonly ConfigEntry[]): string {
  return values
    .map(({ key, value }) => {
      const [section = '', name = ''] = key.split('.');
      return `[${section}]\n\t${name}${value === undefined ? '' : ` = ${quoted(value)}`}\n`;
    })
    .join('');
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** Whether commits are to be signed by what the entries say: the last word counts. */
export function signsCommits(entries: readonly ConfigEntry[]): boolean {
  const last = entries.findLast(({ key }) => key === 'commit.gpgsign');
  return last !== undefined && !/^(false|no|off|0|)$/i.test(last.value ?? 'true');
}
