import { lstatSync, readdirSync } from 'node:fs';
import { bashParser } from '../../core/command/bash.ts';
import { namedIn } from '../../core/command/gitPrograms.ts';
import { understand } from '../../core/command/understand.ts';
import type { Word } from '../../core/command/word.ts';
import { absoluteOrNone, isInside, nameOf, parentOf } from '../../core/scope/spelling.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { bytesOfPath } from '../files/rawPath.ts';
import { entryAt } from './entries.ts';
import { readGitFile } from './gitFile.ts';
import { gitOutside } from './gitOutside.ts';
import { generalConfiguration } from './gitSources.ts';
import { gitTargets } from './gitTargets.ts';
import { repositoriesBelow, type Found } from './repositories.ts';

const FRESH_MS = 10_000;
const MOST_HOOKS = 100;
const MOST_HOOK_BYTES = 64 * 1024;
/** Files of hook managers at the top of a work tree, which name what they run. */
const MANAGERS = /^(\.?lefthook(-local)?\.ya?ml|\.pre-commit-config\.ya?ml|\.overcommit\.yml|\.lintstagedrc(\..*)?)$/;

/**
 * What git runs, includes or trusts from inside of the workspace because its configuration says so, and the scripts of
 * the workspace that the hooks in force call: whoever writes there writes what the person's next git command runs.
 * Commands cannot change configuration or hooks, so an answer is good for a while.
 */
export class LaterPaths {
  readonly #roots: readonly string[];
  readonly #home: string;
  readonly #never: readonly string[];
  #last: { until: number; found: Promise<string[]> } | undefined;

  constructor(roots: readonly string[], home: string, never: readonly string[]) {
    this.#roots = roots;
    this.#home = home;
    this.#never = never;
  }

  /** Absolute paths in the workspace folders, there or not yet. A repository that cannot be understood counts whole. */
  find(): Promise<string[]> {
    const now = performance.now();
    if (!this.#last || now > this.#last.until) this.#last = { until: now + FRESH_MS, found: this.#look() };
    return this.#last.found;
  }

  async #look(): Promise<string[]> {
    const found = new Set<string>();
    for (const repository of await this.#repositories()) {
      const targets = await this.#targetsOf(repository);
      for (const path of targets) found.add(path);
      for (const script of await this.#scriptsOf(repository, targets)) found.add(script);
    }
    return [...found].filter((path) => this.#roots.some((root) => path !== root && isInside(root, path)));
  }

  /** Those in the workspace, and those that the workspace lies in. */
  async #repositories(): Promise<Found[]> {
    const found: Found[] = [];
    for (const root of this.#roots) {
      found.push(...(await repositoriesBelow(root)));
      const outside = await gitOutside(root, { home: this.#home, roots: this.#roots, never: this.#never });
      found.push(...outside.gitFolders.map((gitFolder) => ({ gitFolder, worktree: root })));
      for (let at = parentOf(root); at !== '/'; at = parentOf(at))
        if (entryAt(`${at}/.git`)?.isDirectory() === true) found.push({ gitFolder: `${at}/.git`, worktree: at });
    }
    return found;
  }

  async #targetsOf({ gitFolder, worktree }: Found): Promise<string[]> {
    const spec = {
      home: this.#home,
      roots: this.#roots,
      general: generalConfiguration(this.#home),
      isStandIn: () => false,
    };
    try {
      const { readOnly, placeholders, links, absent } = await gitTargets(gitFolder, worktree, spec);
      return [...readOnly, ...placeholders.map(({ path }) => path), ...links, ...absent];
    } catch (error) {
      if (!(error instanceof ToolFailure)) throw error;
      return entriesOf(worktree).map((name) => `${worktree}/${name}`);
    }
  }

  async #scriptsOf({ gitFolder, worktree }: Found, targets: readonly string[]): Promise<string[]> {
    const folders = [`${gitFolder}/hooks`, ...targets];
    const hooks = folders.flatMap((folder) => entriesOf(folder).map((name) => `${folder}/${name}`));
    const managers = entriesOf(worktree).filter((name) => MANAGERS.test(name));
    const files = [
      ...hooks.filter((path) => !path.endsWith('.sample')),
      ...managers.map((name) => `${worktree}/${name}`),
    ];
    const found: string[] = [];
    for (const file of files.slice(0, MOST_HOOKS)) {
      const text = textOf(file);
      if (text === undefined) continue;
      for (const word of await wordsRun(text, this.#home)) {
        const path = placeOf(word, worktree, this.#home);
        if (path !== undefined && isFile(path)) found.push(path);
      }
    }
    return found;
  }
}

/** What a hook starts: scripts as the shell's reader finds them, and whatever else is named like one. */
async function wordsRun(text: string, home: string): Promise<Set<string>> {
  const { programs } = understand(text, await bashParser());
  const found = new Set(programs.flatMap(startedBy));
  for (const line of text.split('\n').slice(0, 1000))
    for (const { text: word } of namedIn(line.slice(0, 2000), false, home))
      if (/\.(sh|bash|zsh|fish|py|rb|pl|js|mjs|cjs|ts)$/.test(word) || isRunnable(word)) found.add(word);
  return found;
}

const INTERPRETERS =
  /^(python[\d.]*|node|deno|bun|tsx|ts-node|ruby|perl|php|bash|sh|dash|zsh|ksh|fish|source|\.|exec|env|run)$/;

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

function isFile(path: string): boolean {
  try {
    return lstatSync(bytesOfPath(path)).isFile();
  } catch {
    return false;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readGitFile(file, MOST_HOOK_BYTES, 'followed');
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
