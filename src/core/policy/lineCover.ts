import { named } from '../../shared/named.ts';
import { isUnknownProgram } from '../command/doubtWords.ts';
import type { CommandMeaning } from '../../shared/action.ts';
import { cutVisibly } from '../../shared/cut.ts';
import type { Started } from '../kinds/kind.ts';
import { isRunByPrograms, isSpecialVariable, startsPrograms } from '../command/shellState.ts';
import type { RuleContext } from '../scope/pathRule.ts';
import type { CommandPattern } from './commandPattern.ts';
import { takesOrders } from './ordersFromInput.ts';

// What of a command line a rule that allows speaks of. The whole line can write then: beside the programs that the rule
// names may stand only what could do no more in a writable cage than in a read-only one.

/** Programs that look at what they are given, and run nothing of the workspace, if nothing speaks against their options. */
export const BESIDE: ReadonlySet<string> = new Set(
  (
    'cat tac head tail wc nl od hexdump hd xxd rev fold fmt expand unexpand cut paste join comm cmp column tsort strings ' +
    'base64 base32 cksum sum md5sum sha1sum sha256sum sha512sum b2sum ls dir vdir stat du df realpath readlink tr numfmt seq ' +
    'which id whoami uname arch nproc groups date grep egrep fgrep rg sort uniq shuf diff jq find sed git ' +
    'echo true false : pwd printf basename dirname sleep test [ exit ' +
    // It says how the shell takes failures.
    'set ' +
    // They only start what is looked into.
    'timeout nice time env bash'
  ).split(' '),
);

/** Where a rule holds, and what it knows of the policy around it. */
export interface CoverContext extends RuleContext {
  /** Variables that commands may be given. */
  variables?: readonly string[];
}

/** What a rule about commands is to a line: all of it is covered, a part of it is, or none. */
export type Cover = { kind: 'all' } | { kind: 'part'; left: string } | { kind: 'none' };

/** A line that changes its folder to one that is not known: no file that a rule names by a relative path is surely meant. */
const NOWHERE = '/folder-that-is-not-known';

/** `holdsIn`: whether the rule holds for what starts in a folder. */
export function coverOf(
  patterns: readonly CommandPattern[],
  { command, cwd }: Started,
  context: CoverContext,
  holdsIn: (folder: string | undefined) => boolean,
): Cover {
  const { programs, doubts, fed = [], activates = [] } = command;
  const covered = programs.map((words, index) => {
    // What it runs stands in no word: a rule that names no more than the words does not speak of it.
    const isOpen = fed.includes(index) && takesOrders(words);
    const starts = startsIn(command, index, cwd);
    return patterns.some(
      (pattern) =>
        (!isOpen || pattern.isOpen) &&
        starts.every((folder) => holdsIn(folder) && pattern.permits(words, { ...context, cwd: folder ?? NOWHERE })),
    );
  });
  if (!covered.includes(true)) return { kind: 'none' };
  const sets = (name: string): boolean => maySet(name, context);
  const isAlong = (index: number): boolean =>
    covered[index] === true || activates.includes(index) || onlySets(programs[index] ?? [], sets);
  const left =
    programs.find((words, index) => !isAlong(index) && !(typeof words[0] === 'string' && BESIDE.has(words[0]))) ??
    undefined;
  const doubt = doubts.find(({ program, sets: name }) =>
    program === undefined ? name === undefined || !sets(name) : !isAlong(program),
  );
  if (left)
    return {
      kind: 'part',
      left: partWords(
        left,
        doubts.find(({ program }) => programs[program ?? -1] === left),
      ),
    };
  if (!doubt) return { kind: 'all' };
  const about = doubt.program === undefined ? undefined : programs[doubt.program];
  return { kind: 'part', left: about ? partWords(about, doubt) : doubt.why };
}

/** The folders that a program may start in; undefined for one that is not known. */
function startsIn({ moves, folders }: CommandMeaning, index: number, cwd: string): (string | undefined)[] {
  if (moves !== true) return [cwd];
  return folders?.[index] ?? [undefined];
}

/** Variables by which build tools and package managers choose the programs that they start. */
const NAMES_PROGRAMS =
  /^(CC|CXX|CPP|LD|AR|AS|FC|RUSTC|RUSTDOC|MAKE|npm_config_.*|npm_execpath|.*_(CMD|BIN|EXE|EXECUTABLE|PROGRAM|INTERPRETER|RUNNER|LINKER|HOME|ROOT|PREFIX|DIR|HOOK|SCRIPT|INDEX_URL|REGISTRY))$/i;

/** Whether a line may set a variable: the policy lets commands have it, and no shell or loader takes it for orders. */
function maySet(name: string, { variables = [] }: CoverContext): boolean {
  if (!variables.includes(name) || NAMES_PROGRAMS.test(name)) return false;
  return name === 'NODE_ENV' || ![isSpecialVariable, isRunByPrograms, startsPrograms].some((is) => is(name));
}

/** `export NAME=value`, and nothing but what may be set. */
function onlySets([program, ...words]: readonly (string | null)[], sets: (name: string) => boolean): boolean {
  return (
    program === 'export' &&
    words.length > 0 &&
    words.every((word) => {
      const name = word === null ? undefined : /^([A-Za-z_]\w*)(=|$)/.exec(word)?.[1];
      return name !== undefined && sets(name);
    })
  );
}

function partWords(words: readonly (string | null)[], doubt: { why: string } | undefined): string {
  const line = cutVisibly(words.map((word) => word ?? '…').join(' '), 80);
  if (doubt && isUnknownProgram(doubt.why)) return named(line);
  return doubt
    ? `${named(line)}: ${doubt.why}`
    : `${named(line)}, which may do more than look where the rest can write`;
}
