import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { entriesInIndex } from '../../core/command/gitIndex.ts';
import { bytesOfPath, textOfName } from '../files/rawPath.ts';
import { makePrivate } from '../folders.ts';
import { bytesAt, entryAt } from './entries.ts';
import type { Found } from './repositories.ts';

const MOST_FILES = 5000;
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_TIPS = 50;
const MOST_COMMITS = 1000;

/** What git is asked for. */
export interface CommitQuestions {
  /** The protected files of a commit, one text each: mode, object and path. Undefined where that cannot be told. */
  protectedIn(repository: Found, commit: string): Promise<ReadonlySet<string> | undefined>;
  /** The objects that ever stood at a path in the history of these commits. */
  everAt(repository: Found, commits: readonly string[], path: string): Promise<ReadonlySet<string>>;
}

interface Before {
  repository: Found;
  /** What decides which commit is checked out, stashed or staged, by its name below the repository's folder. */
  files: ReadonlyMap<string, Buffer>;
}

/**
 * Protected files that would arrive by a commit. A command cannot write `.vscode/tasks.json`, but it could stage, commit
 * or stash one, for the person's next checkout to write it. What a command leaves of that kind is put back as it was;
 * what it had made is kept in quarantine, and git's own objects stay.
 */
export class CommittedControls {
  readonly #before: Before[];
  readonly #isProtected: (path: string) => boolean;

  constructor(repositories: readonly Found[], isProtected: (path: string) => boolean) {
    this.#isProtected = isProtected;
    this.#before = repositories.map((repository) => ({ repository, files: pointersIn(repository.gitFolder) }));
  }

  /** Looks at what has changed since; returns a sentence for each repository in which something was put back. */
  async putBack(git: CommitQuestions, dataFolder: string): Promise<string[]> {
    const sentences: string[] = [];
    for (const { repository, files } of this.#before) {
      const now = pointersIn(repository.gitFolder);
      const changed = [...new Set([...files.keys(), ...now.keys()])].filter(
        (name) => !same(files.get(name), now.get(name)),
      );
      if (changed.length === 0) continue;
      const arrived = await this.#arrived(repository, files, now, git);
      if (arrived === undefined) continue;
      const kept = join(dataFolder, 'quarantine', randomUUID());
      await makePrivate(join(dataFolder, 'quarantine'));
      for (const name of changed) restore(repository.gitFolder, name, files.get(name), kept);
      sentences.push(
        `[${arrived.toWellFormed().slice(0, 200)} is protected, and the command staged, committed or stashed it; the branches, the stash and the index of ${repository.worktree.toWellFormed()} were put back as they were before, and what they had become is kept in ${kept}]`,
      );
    }
    return sentences;
  }

  /**
   * The first protected file that came by index or commit and was in none before: going back in the history, or to
   * another branch, brings nothing that the person had not.
   */
  async #arrived(
    repository: Found,
    before: ReadonlyMap<string, Buffer>,
    now: ReadonlyMap<string, Buffer>,
    git: CommitQuestions,
  ): Promise<string | undefined> {
    const tips = tipsIn(before);
    const fresh = [...tipsIn(now)].filter((tip) => !tips.has(tip));
    // It gives an object that is known another content, whatever that is called (git-replace(1)).
    const replacedBefore = replacementsIn(before);
    const replaced = [...replacementsIn(now)].find((line) => !replacedBefore.has(line));
    if (replaced !== undefined) return replaced.slice(replaced.indexOf(' ') + 1);
    if (Math.max(before.size, now.size) > MOST_FILES && before.size !== now.size)
      return 'more references than can be told';
    if (fresh.length > MOST_TIPS) return `what ${fresh.length} new commits hold`;
    const wasStaged = this.#stagedIn(repository, before);
    const staged = this.#stagedIn(repository, now);
    // What cannot be read may hold anything; where it was like that before, it is the person's own way.
    if (staged === undefined && wasStaged !== undefined) return 'what the index holds cannot be told, and it';
    const came = new Set(staged);
    // What is no commit cannot be checked out either.
    for (const tip of fresh) for (const entry of (await git.protectedIn(repository, tip)) ?? []) came.add(entry);
    const ever = new Map<string, ReadonlySet<string>>();
    for (const entry of came) {
      if (wasStaged?.has(entry) === true) continue;
      const path = pathIn(entry);
      const had = ever.get(path) ?? (await git.everAt(repository, [...tips].slice(0, MOST_COMMITS), path));
      ever.set(path, had);
      if (!had.has(objectIn(entry))) return path;
    }
    return undefined;
  }

  #stagedIn({ worktree }: Found, files: ReadonlyMap<string, Buffer>): Set<string> | undefined {
    const index = files.get('index');
    if (!index) return new Set();
    const entries = entriesInIndex(index);
    return (
      entries &&
      new Set(
        entries
          .filter(({ name }) => this.#isProtected(`${worktree}/${name}`))
          .map(({ name, content }) => `${content} ${name}`),
      )
    );
  }
}

function objectIn(entry: string): string {
  return entry.split(' ')[1] ?? '';
}

function pathIn(entry: string): string {
  return entry.split(' ').slice(2).join(' ');
}

function same(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b);
}

/** HEAD, index, branches, tags, stash (gitrepository-layout(5)). */
function pointersIn(gitFolder: string): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  const take = (name: string): void => {
    if (found.size > MOST_FILES) return;
    const path = join(gitFolder, name);
    const info = entryAt(path);
    if (info?.isDirectory()) for (const below of namesIn(path)) take(`${name}/${below}`);
    else if (info?.isFile()) {
      const bytes = tried(() => bytesAt(path, MOST_BYTES));
      if (bytes) found.set(name, Buffer.from(bytes));
    }
  };
  for (const name of [
    'HEAD',
    'index',
    'packed-refs',
    'logs/refs/stash',
    'refs/replace',
    'refs/heads',
    'refs/tags',
    'refs',
  ])
    take(name);
  return found;
}

/** Every object that one of these names: in a reference, a list of packed ones, a reflog of the stash. */
function tipsIn(files: ReadonlyMap<string, Buffer>): Set<string> {
  const tips = new Set<string>();
  for (const [name, bytes] of files)
    if (name !== 'index')
      for (const [tip] of bytes.toString('latin1').matchAll(/\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b/g))
        if (!/^0+$/.test(tip)) tips.add(tip);
  return tips;
}

/** Which object stands for which other one: `digest refs/replace/digest`, as a packed reference is written. */
function replacementsIn(files: ReadonlyMap<string, Buffer>): Set<string> {
  const packed = (files.get('packed-refs')?.toString('latin1') ?? '').split('\n');
  const loose = [...files].map(([name, bytes]) => `${bytes.toString('latin1').trim()} ${name}`);
  return new Set([...packed, ...loose].filter((line) => / refs\/replace\//.test(line)));
}

/** Puts one file back; what stands there now goes into the folder of what is kept. */
function restore(gitFolder: string, name: string, before: Buffer | undefined, kept: string): void {
  const path = join(gitFolder, name);
  const aside = join(kept, name);
  tried(() => {
    mkdirSync(dirname(aside), { recursive: true, mode: 0o700 });
  });
  const now = tried(() => bytesAt(path, MOST_BYTES));
  if (now) tried(() => writeFileSync(aside, now, { mode: 0o600 }));
  if (before === undefined) {
    rmSync(bytesOfPath(path), { force: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.oversign-${randomUUID()}`;
  writeFileSync(fresh, before, { flag: 'wx' });
  renameSync(fresh, path);
}

function namesIn(folder: string): string[] {
  return tried(() => readdirSync(bytesOfPath(folder), { encoding: 'buffer' }).map(textOfName)) ?? [];
}

function tried<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
