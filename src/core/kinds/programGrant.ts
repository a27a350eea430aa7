import type { Action, Run } from '../../shared/action.ts';
import { canonicalJson } from '../../shared/json.ts';
import { commandPattern } from '../policy/commandPattern.ts';
import { coverOf } from '../policy/lineCover.ts';
import { programRule } from './programRule.ts';

/** The one program of a line that does more than look, as words, and whether another line does no more than that. */
export interface ProgramGrant {
  words: string;
  covers(action: Action): boolean;
}

/**
 * What an approval of a command stands for beyond the line itself: the same program with the same words, files and
 * folder, with anything behind it that only looks at what it puts out, or keeps that in the sandbox's own `/tmp`.
 * Undefined where more than one program does something, or what it does is not all in its words.
 */
export function programGrant(granted: Run, roots: readonly string[]): ProgramGrant | undefined {
  const [words, ...others] = programRule(granted, roots, 'every workspace')?.commands ?? [];
  if (words === undefined || others.length > 0 || granted.launch.outside === true) return undefined;
  if (!startsOnce(granted, isStarter)) return undefined;
  const patterns = [commandPattern(words)];
  const { cwd } = granted.launch;
  const settings = settingsOf(granted);
  const known = new Set(granted.resources.map((one) => canonicalJson(one)));
  return {
    words,
    covers: (action) =>
      action.kind === 'run' &&
      isPlain(action) &&
      startsOnce(action, isStarterBesideTime) &&
      settingsOf(action) === settings &&
      // A filter that reads a file is no part of what was approved.
      action.resources.every((one) => known.has(canonicalJson(one))) &&
      coverOf(patterns, { command: action.command, cwd }, { roots, home: '/' }, (folder) => folder === cwd).kind ===
        'all',
  };
}

/** Nothing is unknown of what it uses, and nothing comes to the input of what does more than look. */
function isPlain({ command: { doubts, fed = [], moves, unbound, activates = [] } }: Run): boolean {
  return (
    !unbound &&
    moves !== true &&
    activates.length === 0 &&
    doubts.every(({ program, kind }) => program !== undefined && kind === undefined && !fed.includes(program))
  );
}

type Words = readonly (string | null)[];

/** They start what stands behind them with another environment, another end, or more than once. */
const STARTERS = new Set('timeout nice time env bash'.split(' '));

/** One program of it does more than look; the line starts it itself, at most once, and waits for it. */
function startsOnce({ command: { programs, doubts, onlyItself } }: Run, isStarter: (words: Words) => boolean): boolean {
  const [index, ...others] = new Set(doubts.map(({ program }) => program));
  return onlyItself !== true && others.length === 0 && !programs.some((words, at) => at !== index && isStarter(words));
}

function isStarter([program, ...words]: Words): boolean {
  if (program === 'find') return words.some((word) => word === null || /^-(exec|ok)/.test(word));
  return typeof program !== 'string' || STARTERS.has(program);
}

/** The call itself may say so much: an approval of a command is for whatever time it is given. */
function isStarterBesideTime(words: Words): boolean {
  return isStarter(words) && !(words[0] === 'timeout' && /^[1-9]\d{0,4}[sm]?$/.test(words[1] ?? ''));
}

/** All that decides what a program does, save the line that it stands in. */
function settingsOf({ launch: { argv: _, ...launch }, binds }: Run): string {
  return canonicalJson({ launch, binds });
}
