import { lstatSync, readdirSync } from 'node:fs';
import { bashParser } from '../../core/command/bash.ts';
import { meaningOf, namedIn } from '../../core/command/gitPrograms.ts';
import { understand } from '../../core/command/understand.ts';
import type { Word } from '../../core/command/word.ts';
import { absoluteOrNone, isInside, nameOf, relativeTo } from '../../core/scope/spelling.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { bytesOfPath } from '../files/rawPath.ts';
import { readGitFile } from './gitFile.ts';
import { pathOf, readSources } from './gitSources.ts';
import type { Found } from './repositories.ts';

const MOST_FILES = 100;
const MOST_BYTES = 64 * 1024;
/** Files of hook managers at the top of a work tree, which name what they run. */
const MANAGERS =
  /^(\.?lefthook(-local)?\.(ya?ml|toml|json)|\.pre-commit-config\.ya?ml|\.overcommit\.yml|\.lintstagedrc(\..*)?)$/;
/** What direnv runs when a shell enters the folder. */
const ENTERED = '.envrc';
/** What packages bring is not followed: package managers put it there anew. */
const BROUGHT = /(^|\/)(node_modules|\.venv|venv)(\/|$)/;
/** What is made in there all the time, and is not there yet, is no script that somebody wrote. */
const MADE = /(^|\/)(vendor|target|dist|build|out)(\/|$)/;

interface HooksAround {
  home: string;
  /** Configuration for all repositories. */
  general: readonly string[];
}

/** A file that runs later by itself, and whether what it only mentions counts as run. */
interface Reading {
  file: string;
  /** Not called by another script: what it runs counts although it does not exist yet. */
  isFirst: boolean;
  countsMentions: boolean;
}

/**
 * The scripts of a work tree that its hooks, hook managers and `.envrc` start, and those that shell scripts among them
 * start in turn. `targets`: what git's configuration names in the workspace.
 */
export async function scriptsOfHooks(
  repository: Found,
  targets: readonly string[],
  around: HooksAround,
): Promise<string[]> {
  const { worktree } = repository;
  const pending = await firstFiles(repository, targets, around);
  const seen = new Set(pending.map(({ file }) => file));
  const found = new Set<string>();
  for (let read = 0; read < MOST_FILES && read < pending.length; read += 1) {
    const { file, isFirst, countsMentions } = pending[read] as Reading;
    const text = textOf(file);
    if (text === undefined || !(isFirst || isShellScript(file, text))) continue;
    const { started, mentioned } = await wordsRun(text, around.home);
    for (const word of [...started, ...(countsMentions ? mentioned : [])]) {
      const path = placeOf(word, worktree, around.home);
      if (path === undefined || path === worktree || BROUGHT.test(relativeTo(worktree, path))) continue;
      if (isFile(path)) {
        found.add(path);
        if (started.has(word) && !seen.has(path)) pending.push({ file: path, isFirst: false, countsMentions: false });
        seen.add(path);
      } else if (isFirst && started.has(word) && isAbsent(path) && !MADE.test(relativeTo(worktree, path)))
        found.add(path);
    }
  }
  return [...found];
}

async function firstFiles(
  { gitFolder, worktree }: Found,
  targets: readonly string[],
  around: HooksAround,
): Promise<Reading[]> {
  const folders = [`${gitFolder}/hooks`, ...targets, ...(await hookFolders(gitFolder, worktree, around))];
  const hooks = folders.flatMap((folder) => entriesOf(folder).map((name) => `${folder}/${name}`));
  const managers = entriesOf(worktree).filter((name) => MANAGERS.test(name));
  const files = [
    ...hooks.filter((path) => !path.endsWith('.sample')),
    ...managers.map((name) => `${worktree}/${name}`),
  ];
  return [
    ...[...new Set(files)].map((file) => ({ file, isFirst: true, countsMentions: true })),
    { file: `${worktree}/${ENTERED}`, isFirst: true, countsMentions: false },
    ...targets.map((file) => ({ file, isFirst: false, countsMentions: false })),
  ];
}

/** Where hooks are in force, in the workspace or not. */
async function hookFolders(gitFolder: string, worktree: string, { home, general }: HooksAround): Promise<string[]> {
  try {
    const own = ['config', 'config.worktree'].map((name) => `${gitFolder}/${name}`);
    const { entries } = await readSources(general, own, home);
    return entries
      .filter((entry) => meaningOf(entry) === 'hooks')
      .flatMap(({ value }) => pathOf(value, worktree, home) ?? []);
  } catch (error) {
    if (error instanceof ToolFailure) return []; // such a work tree counts whole
    throw error;
  }
}

/** What a file starts: scripts as the shell's reader finds them; and whatever else is named like one. */
async function wordsRun(text: string, home: string): Promise<{ started: Set<string>; mentioned: Set<string> }> {
  const { programs } = understand(text, await bashParser());
  const mentioned = new Set<string>();
  for (const line of text.split('\n').slice(0, 1000))
    for (const { text: word } of namedIn(line.slice(0, 2000), false, home))
      if (/\.(sh|bash|zsh|fish|py|rb|pl|js|mjs|cjs|ts)$/.test(word) || isRunnable(word)) mentioned.add(word);
  return { started: new Set(programs.flatMap(startedBy)), mentioned };
}

const INTERPRETERS =
  /^(python[\d.]*|node|deno|bun|tsx|ts-node|ruby|perl|php|bash|sh|dash|zsh|ksh|fish|source|source_env(_if_exists)?|\.|exec|env|run)$/;

/** A program that is given by path, and the script that an interpreter is given. */
function startedBy(words: readonly Word[]): string[] {
  const plain = words.flatMap((word) => (word.kind === 'known' && !word.text.startsWith('-') ? [word.text] : []));
  const at = plain.findIndex((text) => !INTERPRETERS.test(text.slice(text.lastIndexOf('/') + 1)));
  const first = plain[at];
  return first !== undefined && (at > 0 || first.includes('/')) ? [first] : [];
}

/** `$(git rev-parse --show-toplevel)/x` and `$(dirname "$0")/../x` leave the path behind the dollar. */
function isRunnable(word: string): boolean {
  return /^\.{0,2}\/?[\w@.-]+(\/[\w@.-]+)+$/.test(word) && !/\.\w+$/.test(nameOf(word));
}

function placeOf(word: string, worktree: string, home: string): string | undefined {
  const path = absoluteOrNone(word, worktree, home);
  if (path === undefined || isInside(worktree, path)) return path;
  return absoluteOrNone(word.replace(/^(\/|\.\.\/)+/, ''), worktree, home);
}

function isShellScript(file: string, text: string): boolean {
  return /^#!.*\b(ba|da|z|k)?sh\b/.test(text) || (/\.(ba|z)?sh$/.test(file) && !text.startsWith('#!'));
}

function isFile(path: string): boolean {
  try {
    return lstatSync(bytesOfPath(path)).isFile();
  } catch {
    return false;
  }
}

function isAbsent(path: string): boolean {
  try {
    return lstatSync(bytesOfPath(path), { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readGitFile(file, MOST_BYTES, 'followed');
  } catch {
    return undefined; // no script: a program, or too long to be read
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).slice(0, 1000);
  } catch {
    return [];
  }
}
