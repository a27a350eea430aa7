import { existsSync } from 'node:fs';
import type { BrokenOff, FolderRules } from '../../core/sandbox/port.ts';
import { isInside } from '../../core/scope/spelling.ts';
import { entryAt, identityAt } from './entries.ts';
import type { BrokenOffSurvey, KeptSurveys } from './keptSurvey.ts';
import type { Placeholders } from './placeholders.ts';
import { controlEntries, quarantine } from './quarantine.ts';
import { survey } from './survey.ts';

/** The mark of life may be as late as this where the machine is busy; what was made after that is not the command's. */
const LATE_MS = 1_000;
/** After this not even a machine that hardly moves can have been so late. */
const SURELY_LATER_MS = 30_000;

export interface BrokenOffParts {
  kept: KeptSurveys;
  placeholders: Placeholders;
  dataFolder: string;
}

/**
 * Looks at what commands left whose process was gone before it could do so: what appeared while one ran and would run
 * later is taken away, as after any other; where that cannot be known it is left, and named. What was made afterwards
 * is the person's. Commands in other folders wait for whoever starts there.
 */
export async function finishBrokenOff(
  { kept, placeholders, dataFolder }: BrokenOffParts,
  rulesNow: () => Promise<FolderRules>,
): Promise<BrokenOff[]> {
  const open = kept.brokenOff();
  if (open.length === 0) return [];
  const rules = await rulesNow();
  const done: BrokenOff[] = [];
  for (const one of open) {
    const folders = one.folders.filter((folder) => existsSync(folder));
    if (!folders.every((folder) => rules.folders.some((root) => isInside(root, folder)))) continue;
    if (!(await kept.claim(one))) continue;
    let isFinished = false;
    try {
      await placeholders.recover();
      await placeholders.look();
      const { taken, left } = await whatCame({ ...one, folders }, rules, placeholders);
      const quarantined = await quarantine(taken, dataFolder);
      const found = { quarantined, left: left.map(leftWords) };
      done.push({ run: one.run, folder: one.folders[0] ?? '', began: new Date(one.began).toISOString(), ...found });
      isFinished = true;
    } finally {
      kept.release(one, isFinished);
    }
  }
  return done;
}

/** What would run later and was not there before the command: what is taken away, and what is left. */
async function whatCame(
  one: BrokenOffSurvey,
  rules: FolderRules,
  placeholders: Placeholders,
): Promise<{ taken: string[]; left: string[] }> {
  const closedBefore = new Set(one.closed);
  const found = await survey(one.folders, rules, { closedBefore, deniedBefore: new Set(one.denied) });
  const closed = found.closedFolders.filter((path) => !closedBefore.has(path));
  const entries = (await controlEntries(found)).filter((path) => !placeholders.has(path));
  const before = new Set(one.before);
  const covered = new Map(one.covered);
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

function leftWords(path: string): string {
  return `[${path.toWellFormed()} came there while the command ran, or after it; it is protected, and was left as it is: look at it]`;
}
