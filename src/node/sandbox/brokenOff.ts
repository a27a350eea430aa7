import { existsSync } from 'node:fs';
import type { BrokenOff, FolderRules, Sandbox } from '../../core/sandbox/port.ts';
import { isInside } from '../../core/scope/spelling.ts';
import { commitQuestions } from './commitQuestions.ts';
import { CommittedControls } from './committedControls.ts';
import { entryAt, identityAt } from './entries.ts';
import { lockWords } from './gitLocks.ts';
import type { BrokenOffSurvey, KeptSurveys } from './keptSurvey.ts';
import type { Placeholders } from './placeholders.ts';
import { MovedRoots } from './movedRoots.ts';
import { controlEntries, quarantine } from './quarantine.ts';
import { survey } from './survey.ts';

/** The mark of life may be as late as this where the machine is busy; what was made after that is not the command's. */
const LATE_MS = 1_000;
/** After this not even a machine that hardly moves can have been so late. */
const SURELY_LATER_MS = 30_000;
/** So long a folder that was moved is waited for; then it is said that nobody looked. */
const LOST_MS = 7 * 86_400_000;

export interface BrokenOffParts {
  kept: KeptSurveys;
  placeholders: Placeholders;
  dataFolder: string;
  /** Where git is asked about what it holds. */
  asking: Sandbox;
}

/**
 * Looks at what commands left whose process was gone before it could do so: what appeared while one ran and would run
 * later is taken away, as after any other; where that cannot be known it is left, and named. What was made afterwards
 * is the person's. Commands in other folders wait for whoever starts there.
 */
export async function finishBrokenOff(
  parts: BrokenOffParts,
  rulesNow: () => Promise<FolderRules>,
): Promise<BrokenOff[]> {
  const { kept, placeholders, dataFolder } = parts;
  const open = kept.brokenOff();
  if (open.length === 0) return [];
  const rules = await rulesNow();
  const done: BrokenOff[] = [];
  for (const one of open) {
    const at = placesNow(one, rules.folders);
    if (at.folders.length === 0 && mayComeBack(one)) continue;
    if (!at.folders.every((folder) => rules.folders.some((root) => isInside(root, folder)))) continue;
    if (!(await kept.claim(one))) continue;
    let isFinished = false;
    try {
      await placeholders.recover();
      await placeholders.look();
      const { taken, left } = await whatCame(one, { rules, at, placeholders });
      const quarantined = await quarantine(taken, dataFolder);
      const lost = at.moved.flatMap(([was, now]) => (now === undefined ? [lostWords(was)] : []));
      const git = await inGit(one, { rules, at, taken }, parts);
      const found = {
        quarantined: [...quarantined, ...git.putBack],
        left: [...left.map(leftWords), ...git.left, ...lost],
      };
      done.push({ run: one.run, folder: one.folders[0] ?? '', began: new Date(one.began).toISOString(), ...found });
      isFinished = true;
    } finally {
      kept.release(one, isFinished);
    }
  }
  return done;
}

/**
 * What the command did by git: what is protected and came by index or commit is put back, where nobody was at work there
 * since; what git holds because it was ended in the middle is named, as it may be a git of the person's.
 */
async function inGit(
  one: BrokenOffSurvey,
  { rules, at, taken }: { rules: FolderRules; at: MovedRoots; taken: readonly string[] },
  { kept, dataFolder, asking }: BrokenOffParts,
): Promise<{ putBack: string[]; left: string[] }> {
  const stood = kept
    .repositoriesOf(one)
    .map(({ repository: { gitFolder, worktree }, ...rest }) => ({
      ...rest,
      repository: { gitFolder: at.there(gitFolder), worktree: at.there(worktree) },
    }))
    .filter(({ repository }) => at.folders.some((root) => isInside(root, repository.gitFolder)));
  const before = stood.flatMap(({ pointers, ...rest }) => (pointers ? [{ ...rest, pointers }] : []));
  const unread = stood.filter(({ pointers }) => !pointers).map(({ repository }) => unreadWords(repository.worktree));
  const committed = new CommittedControls(before, rules);
  const questions = commitQuestions(asking, {
    isDenied: (path) => rules.isDenied(path),
    isProtected: (path) => rules.isProtected(path),
    isAboveProtected: (path) => rules.isAboveProtected(path),
  });
  const isOfLater = (path: string): boolean => whenChanged(path) > one.ended + LATE_MS;
  const who = {
    isChangeOfOthers: (path: string) => whenChanged(path) > one.ended + SURELY_LATER_MS,
    isSince: (path: string) => whenChanged(path) >= one.began - LATE_MS,
  };
  const { putBack, left } = await committed.putBack(questions, dataFolder, { taken, who, isOfLater });
  const locks = committed.locksSince().filter((path) => whenCame(path, one) !== 'later');
  return { putBack, left: [...left, ...unread, ...locks.map((path) => `[${lockWords(path)}]`)] };
}

/** What would run later and was not there before the command: what is taken away, and what is left. */
async function whatCame(
  one: BrokenOffSurvey,
  { rules, at, placeholders }: { rules: FolderRules; at: MovedRoots; placeholders: Placeholders },
): Promise<{ taken: string[]; left: string[] }> {
  const there = (paths: readonly string[]): Set<string> => new Set(paths.map((path) => at.there(path)));
  const closedBefore = there(one.closed);
  // The rules are those of now, about paths of now.
  const found = await survey(at.folders, rules, { closedBefore, deniedBefore: there(one.denied) });
  const closed = found.closedFolders.filter((path) => !closedBefore.has(path));
  const entries = (await controlEntries(found)).filter((path) => !placeholders.has(path));
  const before = there(one.before);
  const covered = new Map(one.covered.map(([path, identity]) => [at.there(path), identity]));
  const taken: string[] = [];
  const left: string[] = [];
  for (const path of [...entries, ...closed]) {
    if (before.has(path) && !covered.has(path)) continue;
    if (covered.has(path) && covered.get(path) === identityAt(path)) continue;
    const came = whenCame(path, one);
    if (came === 'meanwhile') taken.push(path);
    else if (came === 'perhaps') left.push(path);
  }
  return { taken, left };
}

/**
 * Whether something came to its place while a command ran. A time of birth says so whatever is done to it later; what is
 * older was moved there, and the time of its last change (ctime, which no program sets) says when.
 */
function whenCame(
  path: string,
  { began, ended }: Pick<BrokenOffSurvey, 'began' | 'ended'>,
): 'meanwhile' | 'perhaps' | 'later' {
  const info = entryAt(path);
  if (!info) return 'later'; // gone meanwhile
  const [birth, change] = [info.birthtimeNs, info.ctimeNs].map((ns) => Number(ns / 1_000_000n)) as [number, number];
  const isBorn = birth > 0 && birth >= began - LATE_MS;
  const came = isBorn ? birth : change;
  if (came <= ended + LATE_MS) return 'meanwhile';
  return isBorn && came > ended + SURELY_LATER_MS ? 'later' : 'perhaps';
}

/** When an entry was last changed, in milliseconds since 1970; never, where there is none. */
function whenChanged(path: string): number {
  return Number((entryAt(path)?.ctimeNs ?? 0n) / 1_000_000n);
}

/** Where its folders are: those that are open here are known again by what they are. */
function placesNow({ folders, identities = [] }: BrokenOffSurvey, open: readonly string[]): MovedRoots {
  const known = new Map(identities);
  const now = (folder: string): string | undefined => {
    const identity = known.get(folder);
    if (identity === undefined) return existsSync(folder) ? folder : undefined;
    return [folder, ...open].find((one) => identityAt(one) === identity);
  };
  return new MovedRoots(new Map(folders.map((folder) => [folder, now(folder)])));
}

/** It may have been moved, and be opened where it is now. */
function mayComeBack({ identities, ended }: BrokenOffSurvey): boolean {
  return identities !== undefined && Date.now() - ended < LOST_MS;
}

function lostWords(folder: string): string {
  return `[${folder.toWellFormed()} was moved or removed after that, and is not found here: what the command left in it was not looked through]`;
}

function unreadWords(worktree: string): string {
  return `[how the repository of ${worktree.toWellFormed()} stood before the command is not kept whole: look with git log --all --stat and git status before you check anything out]`;
}

function leftWords(path: string): string {
  return `[${path.toWellFormed()} came there while the command ran, or after it; it is protected, and was left as it is: look at it]`;
}
