import { foldersOf, gitCall, type GlobalOption } from '../gitCall.ts';
import { parseOptions } from '../options.ts';
import type { Judge, Judging } from '../judging.ts';
import { digestsIn, showsContent } from './gitContent.ts';
import { after, headOf, known, type Word } from '../word.ts';
import { meaningOf } from '../gitPrograms.ts';
import { configFile, touchedPaths } from './gitWrites.ts';
import { BRANCH, CONFIG, LOOKS, NESTED, TAG, type Look } from './gitLooks.ts';

export const git: Judge = (args, it) => {
  const { globals, command, args: own } = gitCall(args);
  const folders = foldersOf({ globals });
  for (const [index, folder] of folders.entries()) {
    if (index > 0) it.doubt('git is told of several folders');
    it.path(folder, 'list');
  }
  const odd = globals.filter((one) => !isHarmless(one));
  // Settings name programs; so do these subcommands and options, and what they start is not found here.
  if (odd.some(({ option }) => option.kind === 'known' && /^(-c|--config-env|--exec-path)/.test(option.text)))
    it.unread('git is given settings that may start programs');
  if (command?.kind === 'known' && startsOthers(command.text, own)) it.unread(`git ${command.text} may start programs`);
  const folder = folders.at(-1);
  const inFolder: Judging = folder === undefined ? it : movedTo(it, folder);
  it.usesStore();
  const [first] = odd;
  if (first?.option === args.at(-1) && /^(--version|-v)$/.test(first?.option.text ?? '')) return;
  if (first || command?.kind !== 'known') {
    const word = first?.option ?? command;
    it.doubt(word ? `git ${word.text.slice(0, 40)} is not known to only look` : 'git alone does nothing');
    return;
  }
  subcommand(command.text, own, inFolder);
};

/** Whether an option in front of the subcommand changes nothing of what is judged here. */
function isHarmless({ option, value }: GlobalOption): boolean {
  if (option.kind !== 'known') return false;
  if (option.text === '-C') return value !== undefined;
  if (option.text === '-c') return value?.kind === 'known' && isHarmlessConfig(value.text);
  return /^(--no-pager|-P|--no-optional-locks|--literal-pathspecs|--no-replace-objects)$/.test(option.text);
}

const STARTS: Readonly<Record<string, RegExp>> = {
  bisect: /^run$/,
  submodule: /^(foreach$|ext::)/,
  rebase: /^(-[a-wyzA-Z]*x|--ex)/,
  difftool: /^(-[a-wyzA-Z]*x|--ext)/,
  grep: /^(-[a-zA-Z]*O|--op)/,
  clone: /^(-[a-zA-Z]*[cu]|--conf|--upl|--temp|ext::)/,
  fetch: /^(--upl|ext::)/,
  pull: /^(--upl|ext::)/,
  'ls-remote': /^(--upl|--exec|ext::)/,
  push: /^(--rece|--exec|ext::)/,
  'fetch-pack': /^(--upl|--exec|ext::)/,
  'send-pack': /^(--rece|--exec|ext::)/,
  archive: /^(--exec|(--remote=)?ext::)/,
  remote: /^ext::/,
  hook: /^run$/,
};

/** Options and subcommands of git that start programs which are not found here (git-scm.com/docs, each one's page). */
function startsOthers(command: string, args: readonly Word[]): boolean {
  if (
    /^(filter-branch|for-each-repo|send-email|mergetool|merge-index|remote-ext|instaweb|web--browse|subtree|daemon|shell)$/.test(
      command,
    )
  )
    return true;
  if (args.some(({ text }) => /^--(ext(-.*)?$|textc)/.test(text))) return true;
  // A setting that is written may be run by the next git.
  if (command === 'config') return setsPrograms(args.map(({ text }) => text));
  const pattern = Object.hasOwn(STARTS, command) ? STARTS[command] : undefined;
  return pattern !== undefined && args.some(({ text }) => pattern.test(text));
}

/** Whether `git config` may write a setting that is run; a value, or the pattern behind it, may have any name. */
function setsPrograms(words: readonly string[]): boolean {
  if (words.some((text) => /^--(get|get-.*|list|unset|unset-.*)$|^-l$/.test(text))) return false;
  const operands = words.filter((text) => !text.startsWith('-'));
  if (/^(get|list|unset)$/.test(operands[0] ?? '')) return false;
  if (operands[0] === 'rename-section' || words.some((text) => /^--ren/.test(text))) return true;
  return operands.length > 1 && words.some(isRunSetting);
}

function isRunSetting(text: string): boolean {
  const sections =
    /^(alias|filter|diff|merge|core|credential|pager|gpg|sequence|difftool|mergetool|browser|man|include|includeif|url|protocol|uploadpack|init|interactive|remote|submodule|sendemail)\./i;
  return sections.test(text) || meaningOf({ key: text.toLowerCase(), value: undefined, line: 0 }) !== undefined;
}

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
    const file = reads ? undefined : configFile(args);
    if (file && file.kind !== 'unknown') it.path(file, 'write');
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
    touchedPaths(command, args, it);
  }
}

function looks(look: Look, args: readonly Word[], it: Judging, name: string): void {
  const end = args.findIndex((word) => word.kind === 'known' && word.text === '--');
  if (args.some((word) => word.text === '--help')) it.doubt('git --help starts a viewer of manuals');
  if (args.some((word) => /%[-+ ]?G/.test(word.text))) it.doubt('git runs gpg to check signatures');
  const given = parseOptions(look.options, end === -1 ? args : args.slice(0, end), it, name);
  const { operands, options } = given;
  if (showsContent(name, given)) it.history({ digests: digestsIn(given) });
  // Other repositories than this one, and objects that the line does not name.
  if (options.get('--submodule')?.text === 'diff') it.doubt('git shows what submodules hold with this');
  if (name === 'git diff-tree' && options.has('--stdin'))
    it.doubt('which objects git is told of is not known beforehand');
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
