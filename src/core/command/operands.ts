import type { Doubt, Meaning } from './meaning.ts';
import type { Word } from './word.ts';

// What a program does with the files that it is given, as far as it matters to whom approved it.

/**
 * `writes`: it takes nothing from them. `keeps`: what is in them reaches no other program of the line. `data`: it
 * runs none of them, but what it prints or writes may be run. `runs`: it may run them, or nobody knows.
 */
export type Role = 'writes' | 'keeps' | 'data' | 'runs';

const WRITES = new Set('rm rmdir unlink shred touch mkdir truncate mkfifo mktemp chmod chown chgrp tee'.split(' '));
/** They take the content of files elsewhere, and run nothing. */
const COPIES = new Set('cp mv ln dd'.split(' '));
const GIT_KEEPS = new Set('add stage commit rm'.split(' '));
const GIT_DATA = new Set('mv restore checkout switch reset stash diff log show status'.split(' '));
/** They look at what they are given, or lay it out anew; what they are configured with is found by its name. */
const LINTERS = new Set(
  'eslint prettier tsc ruff black isort mypy pyright flake8 gofmt rustfmt shellcheck stylelint biome'.split(' '),
);
const LINTER_OPTIONS =
  /^(-[lwq]|--(fix|write|check|quiet|cache|list-different|diff|noEmit|pretty|strict|verbose|no-color|color|max-warnings(=\d+)?|ext(=[.\w,]+)?|no-install|yes))$/;
const STARTERS = new Set('npx bunx uvx'.split(' '));
/** Where the values of an option are what is written. */
const OUTPUTS = new Set('sort gcc g++ cc clang clang++ rustc curl wget'.split(' '));

export function nameOf(words: readonly Word[]): string {
  const [program] = words;
  return program?.kind === 'known' ? program.text.replace(/^(\/usr)?(\/local)?\/s?bin\//, '') : '';
}

/** What a program start does with its words. */
export function roleOf(words: readonly Word[], index: number, { doubts }: Meaning): Role {
  const name = nameOf(words);
  if (WRITES.has(name)) return 'writes';
  if (COPIES.has(name)) return 'data';
  if (name === 'git') {
    const [, sub] = words;
    if (sub?.kind !== 'known') return 'runs';
    if (GIT_KEEPS.has(sub.text)) return 'keeps';
    if (GIT_DATA.has(sub.text)) return 'data';
  }
  if (isLinter(words)) return 'data';
  // What is known to only look runs nothing that it is given.
  return doubts.some(({ program }) => program === index) ? 'runs' : 'data';
}

export function isLinter(words: readonly Word[]): boolean {
  const known = words.flatMap((word) => (word.kind === 'known' ? [word.text] : []));
  if (STARTERS.has(known[0] ?? '')) known.shift();
  while (/^(--yes|--no-install|-y)$/.test(known[0] ?? '')) known.shift();
  const [name = '', ...args] = known;
  return LINTERS.has(name) && args.every((arg) => !arg.startsWith('-') || LINTER_OPTIONS.test(arg));
}

/** The words of a program start without those that name what it only writes. */
export function wordsTaken(words: readonly Word[], role: Role): Word[] {
  const name = nameOf(words);
  if (role === 'writes') return [];
  if (name === 'dd') return words.filter(({ text }) => !text.startsWith('of='));
  if (name === 'cp' || name === 'mv' || name === 'ln') {
    const operands = words.filter(({ text }, index) => index > 0 && !text.startsWith('-'));
    // Options may stand in one word, and be cut short: `-ft`, `--target=src`.
    const isInto = words.some(({ text }) => /^(-[a-zA-Z]*t|--t)/.test(text));
    const target = isInto || operands.length < 2 ? undefined : operands.at(-1);
    return words.filter((word) => word !== target);
  }
  if (!OUTPUTS.has(name)) return [...words];
  return words.filter(
    ({ text }, index) => !/^(-o|-O|--output)$/.test(words[index - 1]?.text ?? '') && !/^--output=/.test(text),
  );
}

/** `/tmp` and the home folder are scratch of the run: files in them are bound to nothing. */
export function isScratchSpelling(spelling: string): boolean {
  return /^(?:\/tmp|~)(?:\/|$)/.test(spelling);
}

function doesMore({ path }: Doubt): boolean {
  return path === undefined || !isScratchSpelling(path.spelling);
}

/** Whether a line, or one program start of it, does more than to look and to write into scratch. */
export function changesSomething({ doubts }: Meaning, index?: number): boolean {
  return doubts.some((doubt) => doesMore(doubt) && (index === undefined || doubt.program === index));
}

/** Whether what a program prints that only looks may come to one that does more, or into a file outside of scratch. */
export function carriesOn({ programs, doubts, fed }: Meaning): boolean {
  const isFilled = (word: Word): boolean =>
    word.kind === 'unknown' || (word.kind === 'pattern' && word.isListed === true);
  return doubts.some((doubt) => {
    const { program, kind } = doubt;
    if (!doesMore(doubt)) return false;
    return (
      program === undefined || kind !== undefined || fed.includes(program) || (programs[program] ?? []).some(isFilled)
    );
  });
}

/** Whether a program start puts the content of what it is given somewhere else. */
export function copies(words: readonly Word[]): boolean {
  return COPIES.has(nameOf(words));
}

/** Whether something in the line may run what another program of it prints or writes. */
export function runsSomething(meaning: Meaning): boolean {
  return meaning.programs.some((words, index) => roleOf(words, index, meaning) === 'runs');
}

const FOLDER_RUNNERS =
  /^(python[0-9.]*|pypy[0-9.]*|node|deno|bun|tsx|ts-node|php|ruby|perl|lua|go|electron|pip[0-9.]*|make|docker|podman)$/;
const PACKAGE_RUNNERS = /^(npx|bunx|npm|pnpm|yarn|uv|uvx|poetry|pdm|pipx)$/;
const SUBCOMMAND = /^(run|exec|dlx|x|install|add|i|start|pack|publish)$/;

/** Whether a program takes a word, if it is a folder, as something to be run. */
export function runsFolder(words: readonly Word[], word: Word): boolean {
  const name = nameOf(words);
  if (FOLDER_RUNNERS.test(name)) return true;
  if (!PACKAGE_RUNNERS.test(name)) return false;
  const operands = words.slice(1).filter(({ text }) => !text.startsWith('-'));
  return word === operands[0] || (SUBCOMMAND.test(operands[0]?.text ?? '') && word === operands[1]);
}
