import { seenFrom } from './shellState.ts';
import { known, place, type Word } from './word.ts';

/** What `cd` does: the folder it goes to, if it succeeds; undefined where that cannot be known. */
export interface Move {
  target: Word | undefined;
  folders: readonly string[] | undefined;
  doubt?: string;
}

/** bash(1), cd: `args` are the words behind the name; `start` is what `.` is, whole and real, where that is known. */
export function changeOfFolder(
  args: readonly Word[],
  folders: readonly string[] | undefined,
  start: string | undefined,
): Move {
  const operands = args.filter((word) => word.kind !== 'known' || !/^(-[LPe]+|--)$/.test(word.text));
  const [target = place('~'), ...more] = operands;
  if (target.text === '-')
    return { target: undefined, folders: undefined, doubt: 'it goes to a folder that cannot be known beforehand' };
  const isKnown = target.kind === 'known' && target.text !== '' && !target.text.startsWith('-');
  return {
    target: isKnown ? target : undefined,
    folders:
      isKnown && more.length === 0
        ? folders?.map((folder) => startAs(seenFrom(folder, target.text), start))
        : undefined,
  };
}

/** Models write where they are already in front of each command: that is no move. */
function startAs(folder: string, start: string | undefined): string {
  return folder === start || folder === `${start}/` ? '.' : folder;
}

/** bash(1), pushd and popd, as what `cd` would be given: one folder, or one that cannot be known beforehand. */
export function behindStack(name: 'pushd' | 'popd', args: readonly Word[]): readonly Word[] {
  const [folder, ...more] = args;
  return name === 'pushd' && folder && more.length === 0 && !folder.text.startsWith('+') ? args : [known('-')];
}

/** The variables that `read` sets; undefined for what is no plain name and no option that is understood. */
export function namesRead(args: readonly Word[]): (string | undefined)[] {
  const names: (string | undefined)[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at];
    if (word?.kind !== 'known') names.push(undefined);
    else if (/^-[dnNptu]$/.test(word.text)) {
      at += 1;
      if (args[at]?.kind !== 'known') names.push(undefined);
    } else if (!/^-[rs]+$/.test(word.text)) names.push(/^\w+$/.test(word.text) ? word.text : undefined);
  }
  return names;
}

/** The words without `command` and `builtin` in front, which start what stands behind them; `command -v` only looks. */
export function behindCommand(words: Word[]): Word[] {
  const [first, ...rest] = words;
  if (first?.kind !== 'known' || !['command', 'builtin'].includes(first.text)) return words;
  const at = rest.findIndex((word) => !(word.kind === 'known' && ['-p', '--'].includes(word.text)));
  const next = rest[at];
  return at === -1 || (next?.kind === 'known' && next.text.startsWith('-')) ? words : behindCommand(rest.slice(at));
}
