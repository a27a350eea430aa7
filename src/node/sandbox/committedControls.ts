import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { entriesInIndex } from '../../core/command/gitIndex.ts';
import { isInside, relativeTo } from '../../core/scope/spelling.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { makePrivate } from '../folders.ts';
import { changedIn, pointersIn, type Pointers } from './commitPointers.ts';
import { ControlsInTree, type TreeRules } from './controlsInTree.ts';
import type { Found } from './repositories.ts';
import { restorePointers } from './restoredPointers.ts';

const MOST_TIPS = 50;
const MOST_COMMITS = 1000;

/** What git is asked for. */
export interface CommitQuestions {
  /** The protected files of a commit, one text each: mode, object and path. Undefined where that cannot be told. */
  protectedIn(repository: Found, commit: string): Promise<ReadonlySet<string> | undefined>;
  /** The same of all commits that lead to the fresh ones and not to the known ones. */
  protectedSince(
    repository: Found,
    commits: { fresh: readonly string[]; known: readonly string[] },
  ): Promise<ReadonlySet<string> | undefined>;
  /** The objects that ever stood at a path in the history of these commits. */
  everAt(repository: Found, commits: readonly string[], path: string): Promise<ReadonlySet<string>>;
}

interface Before {
  repository: Found;
  pointers: Pointers;
}

/**
 * Protected files that would arrive by a commit. A command cannot write `.vscode/tasks.json`, but it could stage, commit
 * or stash one, for the person's next checkout to write it. What a command leaves of that kind is put back as it was;
 * what it had made is kept in quarantine, and git's own objects stay.
 */
export class CommittedControls {
  readonly #before: readonly Before[];
  readonly #rules: TreeRules;

  private constructor(before: readonly Before[], rules: TreeRules) {
    this.#before = before;
    this.#rules = rules;
  }

  /** How the repositories stand. Throws `ToolFailure` where one has more than can be looked at, and so be put back. */
  static async seen(repositories: readonly Found[], rules: TreeRules): Promise<CommittedControls> {
    const before: Before[] = [];
    for (const repository of repositories) {
      const pointers = await pointersIn(repository.gitFolder);
      if (pointers.tooMuch !== undefined)
        throw new ToolFailure(
          `${repository.gitFolder.toWellFormed()} has ${pointers.tooMuch}; the sandbox cannot make sure of all of it. Where these are references, git pack-refs --all makes one file of them`,
        );
      before.push({ repository, pointers });
    }
    return new CommittedControls(before, rules);
  }

  /**
   * Looks at what has changed since; returns a sentence for each repository in which something was put back. `taken`:
   * what has just been taken away, links in the place of references among it.
   */
  async putBack(git: CommitQuestions, dataFolder: string, taken: readonly string[]): Promise<string[]> {
    const sentences: string[] = [];
    for (const { repository, pointers } of this.#before) {
      const now = await pointersIn(repository.gitFolder);
      const arrived =
        oddIn({ before: pointers, now, gone: taken.map((path) => relativeTo(repository.gitFolder, path)) }) ??
        (await this.#arrived(repository, pointers, now, git));
      if (arrived === undefined) continue;
      const kept = join(dataFolder, 'quarantine', randomUUID());
      await makePrivate(join(dataFolder, 'quarantine'));
      const isAll = await restorePointers(repository.gitFolder, pointers, kept);
      sentences.push(words(arrived, repository, kept, isAll));
    }
    return sentences;
  }

  /**
   * The first protected file that came by index or commit and was in none before: going back in the history, or to
   * another branch, brings nothing that the person had not.
   */
  async #arrived(
    repository: Found,
    before: Pointers,
    now: Pointers,
    git: CommitQuestions,
  ): Promise<string | undefined> {
    const changed = new Set(changedIn(before, now));
    if (changed.size === 0) return undefined;
    const tips = tipsIn(before);
    const fresh = [...tipsIn(now)].filter((tip) => !tips.has(tip));
    const known = [
      ...new Set([...tipsIn(before, (name) => changed.has(name) && isRef(name)), ...tipsIn(before, isRef)]),
    ];
    const inRefs = [...tipsIn(now, isRef)].filter((tip) => !tips.has(tip));
    // It gives an object that is known another content, whatever that is called (git-replace(1)).
    const replacedBefore = replacementsIn(before);
    const replaced = [...replacementsIn(now)].find((line) => !replacedBefore.has(line));
    if (replaced !== undefined) return replaced.slice(replaced.indexOf(' ') + 1);
    if (inRefs.length > MOST_TIPS || fresh.length > MOST_COMMITS) return `what ${fresh.length} new commits hold`;
    const wasStaged = this.#stagedIn(repository, before);
    const staged = this.#stagedIn(repository, now);
    // What cannot be read may hold anything; where it was like that before, it is the person's own way.
    if (staged === undefined && wasStaged !== undefined) return 'what the index holds cannot be told, and it';
    const came = new Set(staged);
    // Also what was committed on the way and taken away again: it is one checkout, one revert away.
    const commits = { fresh, known: known.slice(0, MOST_COMMITS) };
    const looks = [
      ...inRefs.map((tip) => () => git.protectedIn(repository, tip)),
      ...(fresh.length > 0 ? [() => git.protectedSince(repository, commits)] : []),
    ];
    for (const look of looks) {
      const held = await look();
      if (held === undefined) return 'what new commits hold cannot be told, and it';
      for (const entry of held) came.add(entry);
    }
    const ever = new Map<string, ReadonlySet<string>>();
    for (const entry of came) {
      if (wasStaged?.has(entry) === true) continue;
      const path = pathIn(entry);
      const had = ever.get(path) ?? (await git.everAt(repository, known.slice(0, MOST_COMMITS), path));
      ever.set(path, had);
      if (!had.has(objectIn(entry))) return path;
    }
    return undefined;
  }

  #stagedIn({ worktree }: Found, { entries }: Pointers): ReadonlySet<string> | undefined {
    const index = entries.get('index');
    if (!index) return new Set();
    const staged = index.kind === 'file' ? entriesInIndex(index.bytes) : undefined;
    if (!staged) return undefined;
    const controls = new ControlsInTree(worktree, this.#rules);
    for (const { name, content } of staged) {
      const [mode = '', object = ''] = content.split(' ');
      controls.add({ mode, object, name });
    }
    return controls.entries;
  }
}

/** What cannot be looked at, and was not so before: git would follow a link, and the command open what it closed. */
function oddIn({ before, now, gone }: { before: Pointers; now: Pointers; gone: string[] }): string | undefined {
  if (now.tooMuch !== undefined) return now.tooMuch;
  const isLost = (name: string): boolean => !now.entries.has(name) && gone.some((path) => isInside(path, name));
  const odd =
    changedIn(before, now).find((name) => (now.entries.get(name)?.kind ?? 'file') !== 'file') ??
    [...before.entries.keys()].find(isLost);
  return odd === undefined ? undefined : `what ${odd} of the repository is cannot be told, and it`;
}

function words(arrived: string, { worktree }: Found, kept: string, isAll: boolean): string {
  const left = isAll
    ? 'were put back as they were before'
    : 'could NOT all be put back as they were before (look with git for-each-ref and git status before you check anything out)';
  return `[${arrived.toWellFormed().slice(0, 200)} is protected, and the command staged, committed or stashed it; the branches, the stash and the index of ${worktree.toWellFormed()} ${left}, and what they had become is kept in ${kept}]`;
}

function objectIn(entry: string): string {
  return entry.split(' ')[1] ?? '';
}

function pathIn(entry: string): string {
  return entry.split(' ').slice(2).join(' ');
}

/** Every object that is named: in a reference, a list of packed ones, a reflog. git reads capitals, too. */
function tipsIn(pointers: Pointers, isMeant: (name: string) => boolean = () => true): Set<string> {
  const tips = new Set<string>();
  for (const [name, text] of textsIn(pointers))
    if (isMeant(name))
      for (const [tip] of text.matchAll(/\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b/gi))
        if (!/^0+$/.test(tip)) tips.add(tip.toLowerCase());
  return tips;
}

/** What HEAD has been at may be a great deal, and gone by now. */
function isRef(name: string): boolean {
  return name !== 'logs/HEAD';
}

/** Which object stands for which other one: `digest refs/replace/digest`, as a packed reference is written. */
function replacementsIn(pointers: Pointers): Set<string> {
  const lines = textsIn(pointers).flatMap(([name, text]) =>
    name === 'packed-refs' ? text.split('\n') : [`${text.trim()} ${name}`],
  );
  return new Set(lines.filter((line) => / refs\/replace\//.test(line)));
}

function textsIn({ entries }: Pointers): [name: string, text: string][] {
  return [...entries].flatMap(([name, one]) =>
    one.kind === 'file' && name !== 'index' ? [[name, one.bytes.toString('latin1')]] : [],
  );
}
