import { foldersOf, gitCall } from '../gitCall.ts';
import { known, mayBeOption, type Word } from '../word.ts';
import { sortedArgs } from './args.ts';
import { copies } from './copies.ts';
import type { Loser, Losing } from './losing.ts';

type Does = Extract<Losing, { kind: 'some' }>['does'];

const EVERYTHING: Losing[] = [{ kind: 'some', does: 'overwrites', below: 'workspace' }];

/** What git takes from the work tree without keeping it: subcommands of git 2.39 to 2.51. */
export const git: Loser = (args) => {
  const { globals, command, args: own } = gitCall(args);
  const folder = foldersOf({ globals }).at(-1);
  // Without force it refuses to, unless it is told here that it need not.
  const isFree = args.some(({ text }) => /^clean\.requireForce=(false|no|off|0)?$/i.test(text));
  if (command?.kind !== 'known') return [];
  const given = isFree && command.text === 'clean' ? [known('-f'), ...own] : own;
  const found = [
    ...((isSubcommand(command.text) ? SUBCOMMANDS[command.text] : undefined)?.(given, 'mv') ?? []),
    ...outputOf(own),
  ];
  return folder === undefined ? found : found.map((one) => movedTo(one, folder));
};

/** What diff, log, show and their kind write instead of printing it. */
function outputOf(args: readonly Word[]): Losing[] {
  const at = sortedArgs(args, '--output').valueOf('--output');
  return at ? [{ kind: 'replaced', at }] : [];
}

export function isSubcommand(name: string): boolean {
  return Object.hasOwn(SUBCOMMANDS, name);
}

const SUBCOMMANDS: Record<string, Loser> = {
  rm: (args) => {
    const { operands, has } = sortedArgs(args, '--pathspec-from-file');
    if (has('--cached', '-n', '--dry-run')) return [];
    return operands.map((at): Losing => (isPlain(at) ? { kind: 'deleted', at } : some('deletes')));
  },
  clean: (args) => {
    const { operands, has } = sortedArgs(args, '-e --exclude');
    return has('-n', '--dry-run') || !has('-f', '--force') ? [] : below('deletes', operands);
  },
  checkout: (args) => {
    const { operands, has } = sortedArgs(args, '-b -B --orphan --conflict --pathspec-from-file');
    const all = has('-f', '--force') ? EVERYTHING : [];
    // A branch's name is a path only where a file of that name stands, and then git refuses or takes the file.
    return has('-b', '-B', '--orphan') ? all : [...all, ...restored(operands)];
  },
  restore: (args) => {
    const { operands, has } = sortedArgs(args, '-s --source --conflict --pathspec-from-file');
    return has('-S', '--staged') && !has('-W', '--worktree') ? [] : restored(operands);
  },
  reset: (args) => (sortedArgs(args, '').has('--hard', '--merge') ? EVERYTHING : []),
  // They put the tree back as it was when they began, whatever was made of it since.
  ...Object.fromEntries(
    ['merge', 'rebase', 'am', 'cherry-pick', 'revert'].map((name): [string, Loser] => [
      name,
      (args) => (sortedArgs(args, '').has('--abort', '--skip') ? EVERYTHING : []),
    ]),
  ),
  submodule: (args) => {
    const { operands, has } = sortedArgs(args, '--reference --depth -j --jobs');
    return has('-f', '--force') && /^(update|deinit)$/.test(operands[0]?.text ?? '') ? EVERYTHING : [];
  },
  switch: (args) => (sortedArgs(args, '-c -C --orphan').has('-f', '--force', '--discard-changes') ? EVERYTHING : []),
  'read-tree': (args) => (sortedArgs(args, '--prefix').has('--reset') ? EVERYTHING : []),
  'checkout-index': (args) => (sortedArgs(args, '').has('-f', '--force') ? EVERYTHING : []),
  apply: (args) => {
    const { has } = sortedArgs(args, '-p -C --directory --exclude --include');
    return has('--check', '--stat', '--numstat', '--summary', '--cached') ? [] : EVERYTHING;
  },
  stash: (args) => {
    const [first, ...rest] = args;
    const isNamed = first !== undefined && !mayBeOption(first);
    if (isNamed && !/^(push|save)$/.test(first.text)) return [];
    const { operands, has } = sortedArgs(isNamed ? rest : args, '-m --message --pathspec-from-file');
    if (has('-S', '--staged')) return [];
    // What stands behind `save` is a message.
    if (first?.text !== 'save' && operands.length > 0) return below('takes away', operands);
    return [{ kind: 'some', does: 'takes away', below: 'workspace' }];
  },
  archive: (args) => {
    const at = sortedArgs(args, '-o --format --prefix --remote --exec --add-file').valueOf('-o');
    return at ? [{ kind: 'replaced', at }] : [];
  },
  bundle: ([verb, ...args]) => {
    const [at] = sortedArgs(args, '--version').operands;
    return verb?.text === 'create' && at ? [{ kind: 'replaced', at }] : [];
  },
  mv: (args) => copies([...(sortedArgs(args, '').has('-f', '--force') ? [] : [known('-n')]), ...args], 'mv'),
  worktree: (args) => {
    if (args[0]?.text !== 'remove') return [];
    return sortedArgs(args.slice(1), '').operands.map((at): Losing => ({ kind: 'deleted', at }));
  },
};

function some(does: Does): Losing {
  return { kind: 'some', does, below: known('.') };
}

function below(does: Does, operands: readonly Word[]): Losing[] {
  if (operands.length === 0) return [some(does)];
  return operands.map((at) => (isPlain(at) ? { kind: 'some', does, below: at } : some(does)));
}

/** Of a folder only what was changed is lost. */
function restored(operands: readonly Word[]): Losing[] {
  return operands.map((at) =>
    isPlain(at) ? { kind: 'replaced', at, sources: [known('.')], isRecursive: true } : some('overwrites'),
  );
}

/** Whether git takes a word as the path that it is: neither a pattern nor `:(…)`. */
function isPlain({ kind, text }: Word): boolean {
  return kind !== 'known' || !/[*?[]|^:/.test(text);
}

function movedTo(one: Losing, folder: Word): Losing {
  const move = (word: Word): Word => {
    if (folder.kind !== 'known') return folder;
    if (word.kind === 'unknown' || /^[/~]/.test(word.text)) return word;
    const text = `${folder.text}/${word.text}`;
    return word.kind === 'known' ? known(text) : { ...word, text, head: `${folder.text}/${word.head}` };
  };
  switch (one.kind) {
    case 'replaced':
    case 'deleted':
      return { ...one, at: move(one.at) };
    case 'moved':
      return { ...one, at: move(one.at), to: move(one.to) };
    case 'some':
      return one.below === 'workspace' ? one : { ...one, below: move(one.below) };
  }
}
