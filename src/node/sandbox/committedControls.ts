import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { isInside, relativeTo } from '../../core/scope/spelling.ts';
import { makePrivate } from '../folders.ts';
import { allPointersIn, changedIn, pointersIn, type Pointers } from './commitPointers.ts';
import { ControlsInTree, type TreeRules } from './controlsInTree.ts';
import { gitLocks } from './gitLocks.ts';
import { pickedFromIndex } from './indexEntries.ts';
import { isObjectOfOthers } from './objectsOfOthers.ts';
import { isRef, replacementsIn, tipsIn } from './pointerTips.ts';
import type { Found } from './repositories.ts';
import { restorePointers } from './restoredPointers.ts';
import { removeUnfinished } from './unfinished.ts';
import type { Authors } from './whoWrote.ts';

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

/** How a repository stood. */
export interface Before {
  repository: Found;
  pointers: Pointers;
  /** Where git held something then (gitLocks.ts). */
  locks: readonly string[];
}

/** What is known once the command is over. `isOfLater`: whether something was changed after it. */
interface Afterwards {
  taken: readonly string[];
  who: Authors;
  isOfLater?: (path: string) => boolean;
}

/**
 * Protected files that would arrive by a commit. A command cannot write `.vscode/tasks.json`, but it could stage, commit
 * or stash one, for the person's next checkout to write it. What a command leaves of that kind is put back as it was;
 * what it had made is kept in quarantine, and git's own objects stay.
 */
export class CommittedControls {
  readonly #before: readonly Before[];
  readonly #rules: TreeRules;

  /** As they stood; `seen` looks. */
  constructor(before: readonly Before[], rules: TreeRules) {
    this.#before = before;
    this.#rules = rules;
  }

  /** How they stood when they were seen: for whoever has to look in this one's place. */
  get before(): readonly Before[] {
    return this.#before;
  }

  /** How the repositories stand. Throws `ToolFailure` where one has more than can be looked at, and so be put back. */
  static async seen(repositories: readonly Found[], rules: TreeRules): Promise<CommittedControls> {
    const before: Before[] = [];
    for (const repository of repositories) {
      removeUnfinished(repository.gitFolder);
      const pointers = await allPointersIn(repository.gitFolder);
      before.push({ repository, pointers, locks: gitLocks(repository.gitFolder) });
    }
    return new CommittedControls(before, rules);
  }

  /** Where git holds something since. */
  locksSince(): string[] {
    return this.#before.flatMap(({ repository, locks }) =>
      gitLocks(repository.gitFolder).filter((path) => !locks.includes(path)),
    );
  }

  /**
   * Looks at what has changed since; returns a sentence for each repository in which something was put back, or left
   * because others were at work there afterwards. `taken`: what has just been taken away, links in the place of
   * references among it. What others have committed is left.
   */
  async putBack(
    git: CommitQuestions,
    dataFolder: string,
    { taken, who, isOfLater }: Afterwards,
  ): Promise<{ putBack: string[]; left: string[] }> {
    const said = { putBack: new Array<string>(), left: new Array<string>() };
    for (const { repository, pointers } of this.#before) {
      const now = await pointersIn(repository.gitFolder);
      const arrived =
        oddIn({ before: pointers, now, gone: taken.map((path) => relativeTo(repository.gitFolder, path)) }) ??
        (await this.#arrived(repository, { before: pointers, now, who }, git));
      if (arrived === undefined) continue;
      const changed = changedIn(pointers, now).map((name) => join(repository.gitFolder, name));
      if (changed.some((path) => isOfLater?.(path))) {
        said.left.push(leftWords(arrived, repository));
        continue;
      }
      const kept = join(dataFolder, 'quarantine', randomUUID());
      await makePrivate(join(dataFolder, 'quarantine'));
      const isAll = await restorePointers(repository.gitFolder, pointers, kept);
      said.putBack.push(words(arrived, repository, kept, isAll));
    }
    return said;
  }

  /**
   * The first protected file that came by index or commit and was in none before: going back in the history, or to
   * another branch, brings nothing that the person had not.
   */
  async #arrived(
    repository: Found,
    { before, now, who }: { before: Pointers; now: Pointers; who: Authors },
    git: CommitQuestions,
  ): Promise<string | undefined> {
    const changed = new Set(changedIn(before, now));
    if (changed.size === 0) return undefined;
    // It gives an object that is known another content, whatever that is called (git-replace(1)).
    const replacedBefore = await replacementsIn(before);
    const replaced = [...(await replacementsIn(now))].find((line) => !replacedBefore.has(line));
    if (replaced !== undefined) return replaced.slice(replaced.indexOf(' ') + 1);
    const commits = await newCommits({ before, now, changed });
    if (typeof commits === 'string') return commits;
    const { inRefs, fresh, known } = commits;
    const wasStaged = await this.#stagedIn(repository, before);
    const staged = await this.#stagedIn(repository, now);
    // What cannot be read may hold anything; where it was like that before, it is the person's own way.
    if (staged === undefined && wasStaged !== undefined) return 'what the index holds cannot be told, and it';
    const came = new Set(staged);
    // Also what was committed on the way and taken away again: it is one checkout, one revert away.
    const looks = [
      ...inRefs.map((tip) => () => git.protectedIn(repository, tip)),
      ...(fresh.length > 0 ? [() => git.protectedSince(repository, { fresh, known })] : []),
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
      const had = ever.get(path) ?? (await git.everAt(repository, known, path));
      ever.set(path, had);
      if (had.has(objectIn(entry))) continue;
      if (!isObjectOfOthers(repository.gitFolder, objectIn(entry), { changed, who })) return path;
    }
    return undefined;
  }

  async #stagedIn({ worktree }: Found, { entries }: Pointers): Promise<ReadonlySet<string> | undefined> {
    const index = entries.get('index');
    if (index?.kind !== 'file') return index ? undefined : new Set();
    const controls = new ControlsInTree(worktree, this.#rules);
    const whole = await pickedFromIndex(index.bytes, ({ name, content }) => {
      const [mode = '', object = ''] = content().split(' ');
      controls.add({ mode, object, name });
      return undefined;
    });
    return whole && controls.entries;
  }
}

/** Which commits came, those in references among them, and some that were there before: the ones that moved first. */
async function newCommits({
  before,
  now,
  changed,
}: {
  before: Pointers;
  now: Pointers;
  changed: ReadonlySet<string>;
}): Promise<{ inRefs: string[]; fresh: string[]; known: string[] } | string> {
  const there = new Set<string>();
  for await (const { tip } of tipsIn(before)) there.add(tip);
  const [fresh, inRefs, known] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for await (const { name, tip } of tipsIn(now)) {
    if (there.has(tip)) continue;
    fresh.add(tip);
    if (isRef(name)) inRefs.add(tip);
    if (inRefs.size > MOST_TIPS || fresh.size > MOST_COMMITS)
      return `what more than ${fresh.size - 1} new commits hold`;
  }
  for (const isMeant of [(name: string) => changed.has(name) && isRef(name), isRef])
    for await (const { tip } of tipsIn(before, isMeant)) {
      if (known.size === MOST_COMMITS) break;
      known.add(tip);
    }
  return { inRefs: [...inRefs], fresh: [...fresh], known: [...known] };
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

function leftWords(arrived: string, { worktree }: Found): string {
  return `[${arrived.toWellFormed().slice(0, 200)} is protected, and the command staged, committed or stashed it; git has been at work in ${worktree.toWellFormed()} since, so that nothing was put back: look with git log --all --stat and git status before you check anything out]`;
}

function objectIn(entry: string): string {
  return entry.split(' ')[1] ?? '';
}

function pathIn(entry: string): string {
  return entry.split(' ').slice(2).join(' ');
}
