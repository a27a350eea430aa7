import type { Judge } from '../judging.ts';
import { isOneWord, known, unknown, type Word } from '../word.ts';

const NO_VALUE = new Set(
  '-a -and -o -or -not ! ( ) , -true -false -daystart -depth -d -follow -ignore_readdir_race -noignore_readdir_race -mount -xdev -noleaf -nowarn -warn -empty -executable -readable -writable -nogroup -nouser -print -print0 -ls -prune -quit -H -L -P --help --version -help -version'.split(
    ' ',
  ),
);
const TEXT_VALUE = new Set(
  '-amin -atime -cmin -ctime -mmin -mtime -fstype -gid -group -ilname -iname -inum -ipath -iregex -iwholename -links -lname -maxdepth -mindepth -name -path -perm -regex -regextype -size -type -uid -used -user -wholename -xtype -printf -context -D -O'.split(
    ' ',
  ),
);
const NAMES = new Set(['-name', '-iname', '-path', '-wholename']);

/** find(1), GNU findutils 4.9. Whatever it runs is looked into; what it deletes or writes is a doubt. */
export const find: Judge = (args, it) => {
  let at = 0;
  const starts: Word[] = [];
  const names: Word[] = [];
  let runs = it.feedsNames;
  // Words that end a command may belong to one whose beginning is not known.
  const hasEnd = args.some((word) => word.text === ';' || word.text === '+');
  while (at < args.length && /^-([HLP]|O[0-3])$/.test(args[at]?.text ?? '')) at += 1;
  for (; at < args.length; at += 1) {
    const word = args[at] as Word;
    if (/^[-(!),]/.test(word.text)) break;
    starts.push(word);
    it.path(word, 'list');
    if (word.kind === 'known') continue;
    it.doubt('find may take a start for an expression');
    if (!isOneWord(word) || hasEnd) it.unread('find may take a start for an expression that starts a program');
  }
  for (; at < args.length; at += 1) {
    const word = args[at] as Word;
    const value = args[at + 1];
    if (word.kind !== 'known') it.unread('the find expression is not known beforehand');
    else if (NO_VALUE.has(word.text)) continue;
    else if (/^-newer[aBcmt]t$/.test(word.text)) at += 1;
    else if (/^-(newer|anewer|cnewer|samefile|newer[aBcm][aBcm])$/.test(word.text)) {
      if (value) it.path(value, 'list');
      at += 1;
    } else if (TEXT_VALUE.has(word.text)) {
      if (value && !isOneWord(value))
        it.unread(`find ${word.text} "${value.text.slice(0, 40)}" may be more than one word`);
      if (value && NAMES.has(word.text)) names.push(value);
      at += 1;
    } else if (/^-(exec|execdir|ok|okdir)$/.test(word.text)) {
      const end = args.findIndex(
        (one, index) => index > at && (one.text === ';' || (one.text === '+' && args[index - 1]?.text === '{}')),
      );
      runs = true;
      if (word.text.startsWith('-ok')) it.doubt('find -ok asks a terminal');
      if (end === -1) it.unread('find -exec has no end');
      const inner = args.slice(at + 1, end === -1 ? undefined : end);
      it.run(
        inner.map((one) => (one.text.includes('{}') ? found(one, starts) : one)),
        word.text.endsWith('dir') ? { folder: unknown('{}') } : {},
      );
      at = end === -1 ? args.length : end;
    } else it.doubt(`find ${word.text.slice(0, 40)} is not known to only look`);
  }
  // What is found by its name and given to a program is as good as named to that program.
  if (runs) for (const start of starts) it.path(start, 'read');
  if (runs)
    for (const name of names)
      for (const start of starts.length > 0 ? starts : [known('.')]) it.path(below(start, name), 'read');
};

/** A path that was found: it starts as one of the starts does, and those are checked. */
function found(word: Word, starts: readonly Word[]): Word {
  const start = starts.length === 1 && starts[0]?.kind === 'known' ? starts[0].text : '.';
  if (word.text === '{}')
    return {
      kind: 'pattern',
      text: `${start}/*`,
      head: `${start.startsWith('-') ? './' : ''}${start}/`,
      isListed: true,
    };
  return unknown(word.text);
}

function below(start: Word, name: Word): Word {
  const text = `${start.text === '/' ? '' : start.text}/${name.text.replace(/^\.\//, '')}`;
  return /[*?[]/.test(name.text) ? { kind: 'pattern', text, head: `${start.text}/` } : known(text);
}
