import type { ConfigEntry } from './gitConfig.ts';

/**
 * What a setting of git's configuration does with its value. `hooks` and `templates` are folders of programs, and
 * matter while they are absent too; `file` is read and decides what is run or trusted; `command` and `alias` are
 * command lines.
 */
export type Meaning = 'include' | 'hooks' | 'templates' | 'file' | 'command' | 'alias';

/** Without the subsection: `filter.lfs.clean` is `filter.clean` here. From git-config(1) and the manuals it names. */
const FILES = /^(core\.attributesfile|commit\.template|gpg\.allowedsignersfile|http\.ssl(cainfo|capath))$/;

/**
 * Names that end like this hold a command line. Endings, not whole names: git's own tools and its companions (git-lfs,
 * git-annex, send-email) use the same ones, and a setting too many only protects a file that git does not run.
 */
const COMMANDS =
  /(command|cmd|program|helper|editor|pager|askpass|driver|textconv|external|difffilter|hook|tunnel|httpd|gitproxy|fsmonitor|uploadpack|receivepack|smtpserver)$|^filter\.|^lfs\.(path|args|clean|smudge)$|^(difftool|mergetool|browser|man|guitool)\.path$|^web\.browser$|^pager\.|^submodule\.update$/;

export function meaningOf({ key, value }: ConfigEntry): Meaning | undefined {
  const section = key.slice(0, key.indexOf('.'));
  const name = key.slice(key.lastIndexOf('.') + 1);
  const short = `${section}.${name}`;
  if (short === 'include.path' || short === 'includeif.path') return 'include';
  if (short === 'core.hookspath') return 'hooks';
  if (short === 'init.templatedir') return 'templates';
  if (FILES.test(short)) return 'file';
  if (section === 'alias') return 'alias';
  // gitremote-helpers(7): an address may be a command line, in a value or in `[url "ext::…"] insteadOf`.
  if (COMMANDS.test(short) || value?.startsWith('ext::') || /^url\.ext::/.test(key)) return 'command';
  return undefined;
}

/** A path that a command line may name, and whether it matters if a folder is there. */
export interface Named {
  text: string;
  asFolder: boolean;
}

/** Words after which a folder means: run what is in it. */
const INTO_FOLDER =
  /^(cd|pushd|-C|--?(prefix|directory|cwd|dir|chdir)|make|run|sh|bash|node|deno|bun|ruby|perl|php|python[\d.]*)$/;

/**
 * Every word of a command line that could be a path, in whatever quotes. The first word without a slash is none: it
 * is looked up on PATH. `asFolder` marks those where a folder may hold what is run; whether that counts is for the
 * caller: `!git log -- src` must not make `src` read-only.
 */
export function namedIn(commandLine: string, isAlias: boolean, home: string): Named[] {
  const text = commandLine.replace(/^(ext::|!)/, '').replace(/\$(HOME\b|\{HOME\})/g, () => home);
  const found: Named[] = [];
  const add = (word: string, before: string | undefined): void => {
    const asFolder = !isAlias || (before !== undefined && INTO_FOLDER.test(before));
    const plain = word.replaceAll('\\', '');
    const glob = plain.search(/[*?[]/);
    // What a wildcard may stand for is everything in the folder before it.
    const spellings =
      glob === -1
        ? [{ text: plain, asFolder }]
        : [{ text: plain.slice(0, plain.lastIndexOf('/', glob) + 1), asFolder: true }];
    const attached = /^-[a-z](.+)/i.exec(plain)?.[1]; // -ftools/x
    if (attached !== undefined) spellings.push({ text: attached, asFolder: true });
    found.push(...spellings.filter((one) => one.text !== ''));
  };
  for (const words of [text.split(/\s+/), text.split(/[\s;&|()<>`$"'={},:!]+/)]) {
    const kept = words.map((word) => word.replace(/^["']+|(?<!["'])["']+$/g, '')).filter((word) => word !== '');
    for (const [index, word] of kept.entries()) if (index > 0 || word.includes('/')) add(word, kept[index - 1]);
  }
  // A quoted path may hold blanks, and so may a value that is nothing but a path.
  for (const [, double, single] of text.matchAll(/"([^"]*)"|'([^']*)'/g)) {
    const quoted = double ?? single ?? '';
    if (quoted.includes('/')) add(quoted, undefined);
  }
  if (text.includes('/')) add(text, undefined);
  return found;
}
