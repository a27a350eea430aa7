import type { Meaning, NamedPath } from '../../command/meaning.ts';
import type { Word } from '../../command/word.ts';
import { Forbidden } from '../../scope/guard.ts';
import { absoluteOrNone, BadPath, nameOf } from '../../scope/spelling.ts';
import { ToolFailure } from '../../outcome.ts';
import { historyDoubt, keepsWhatIsDenied, type RepositoryView } from './history.ts';
import { fitting, MOST_FITTING } from './namedPaths.ts';

/** What becomes of the places where copies of denied files are kept (scope/contentStores.ts) while a command runs. */
export interface StoresPlan {
  /** They are hidden from it, like the files themselves. */
  isHidden: boolean;
  /** Why it may show something out of them all the same. */
  doubts: string[];
}

/**
 * Git cannot work without its store, so that one stays in sight of a line with git in it. Then git must be asked for
 * nothing that shows content, and nothing else in the line may read whole folders. Any other line does without: one
 * that only looks always, one that may write where the workspace's repositories really hold something denied.
 */
export async function planStores(meaning: Meaning, cwd: string, view: RepositoryView): Promise<StoresPlan> {
  if (!view.scope.keepsOut) return { isHidden: false, doubts: [] };
  if (meaning.gits.length === 0)
    return {
      isHidden: meaning.doubts.length === 0 || (await keepsWhatIsDenied(view)) !== undefined,
      doubts: [],
    };
  const history = await historyDoubt(meaning.histories, cwd, view);
  const beside = await besideGit(meaning, cwd, view);
  return { isHidden: false, doubts: [history, beside].filter((doubt) => doubt !== undefined) };
}

/** Programs that go through folders by themselves. */
const RECURSIVE = /^(grep|egrep|fgrep|zgrep|rg|diff|tar|find|xargs)$/;
const LISTS = /^(find|ls|dir|vdir|tree|du)$/;

/** Which program of the line could read git's store while it is there for git. */
async function besideGit(meaning: Meaning, cwd: string, view: RepositoryView): Promise<string | undefined> {
  const names = meaning.programs.map(([program]) => program?.text.replace(/^.*\//, '') ?? '');
  const doubt = (name: string): string =>
    `while git needs what it keeps, ${name} could read it; run them as two commands`;
  for (const [index, words] of meaning.programs.entries()) {
    const name = names[index] ?? '';
    if (meaning.gits.includes(index)) continue;
    const isGivenPlace = meaning.paths.some(
      ({ program, access, spelling }) => program === index && access === 'read' && !isOfOption(spelling, words),
    );
    if (goesThroughHere(name, words, isGivenPlace)) return doubt(name);
    if (name === 'xargs' && (names.some((one) => LISTS.test(one)) || (await mayBeOtherPaths(view)))) return doubt(name);
    if (meaning.folders[index]?.some((folder) => isInStore(folder, cwd, view)) !== false) return doubt(name);
  }
  for (const named of meaning.paths) {
    const { program, access } = named;
    const name = program === undefined ? 'the shell' : (names[program] ?? '');
    if (access !== 'read' || (program !== undefined && meaning.gits.includes(program))) continue;
    if (named.isPattern && (await fitsMoreThanIsLookedAt(named, cwd, view))) return doubt(name);
    if (program !== undefined && !RECURSIVE.test(name)) continue;
    const follows = followsLinks(name, meaning.programs[program ?? -1] ?? []);
    if (await mayHoldRepository(named, { cwd, follows }, view)) return doubt(name);
  }
  return undefined;
}

/** `--include=x`, `--file=x`, `-f x` name files, and no place to search. */
function isOfOption(spelling: string, words: readonly Word[]): boolean {
  const name = nameOf(spelling);
  return words.some(
    ({ text }, at) =>
      nameOf(text.replace(/^(--[\w-]+=|-[a-zA-Z]*f)/, '')) === name &&
      (text.startsWith('-') || /^(-[a-zA-Z]*f|--(file|exclude-from|include))$/.test(words[at - 1]?.text ?? '')),
  );
}

/** A search that names no place, or one that looks into hidden folders too. */
function goesThroughHere(name: string, words: readonly Word[], isGivenPlace: boolean): boolean {
  const has = (pattern: RegExp): boolean => words.some(({ text }) => pattern.test(text));
  // `-d recurse`, `--recurs`, `--deref` and their kind mean the same as `-r`.
  if (/^[ef]?grep$/.test(name)) return !isGivenPlace && has(/^-[a-zA-Z]*[rRd]|^--(rec|deref|dir)/);
  if (name === 'rg') return has(/^-[a-zA-Z]*(\.|u[a-zA-Z]*u)|^--hidden|^-uu|^--unrestricted/);
  if (name === 'find') return has(/^-(exec|execdir|ok|okdir)$/);
  return false;
}

function isInStore(folder: string, cwd: string, { scope }: RepositoryView): boolean {
  const path = absoluteOrNone(folder, cwd, scope.home);
  return path === undefined || scope.storeAround(path) !== undefined || /(^|\/)\.git(\/|$)/i.test(path);
}

const MOST_ENTRIES = 2000;

/** Whether a folder that is gone through holds, or lies in, a repository's folder; one too big to tell counts as one. */
async function mayHoldRepository(
  named: NamedPath,
  { cwd, follows }: { cwd: string; follows: boolean },
  view: RepositoryView,
): Promise<boolean> {
  if (named.isPattern) return true;
  try {
    const { path, kind } = await view.files.look(named.spelling, cwd, 'followed');
    if (isInStore(path, '/', view)) return true;
    if (kind !== 'directory') return false;
    let looked = 0;
    for await (const entry of view.files.walk(path, new AbortController().signal)) {
      looked += 1;
      const name = entry.name.toLowerCase();
      if (name === '.git' || name === 'objects' || looked > MOST_ENTRIES) return true;
      if (follows && entry.kind === 'link' && (await targetOf(entry.path, view)) !== 'file') return true;
    }
    return false;
  } catch (error) {
    if (error instanceof Forbidden || error instanceof ToolFailure || error instanceof BadPath) return false; // not there for it
    throw error;
  }
}

async function fitsMoreThanIsLookedAt({ spelling }: NamedPath, cwd: string, view: RepositoryView): Promise<boolean> {
  try {
    return (await fitting(spelling, cwd, view)).length > MOST_FITTING;
  } catch (error) {
    if (error instanceof BadPath) return false; // no path: a doubt already
    throw error;
  }
}

/**
 * Whether names that are listed may lead xargs into the store: it takes them apart at blanks, quotes and backslashes, so
 * that `.g'i't` is another folder to it; and links lead anywhere. Where nobody can tell, and where it would find
 * something denied there.
 */
async function mayBeOtherPaths(view: RepositoryView): Promise<boolean> {
  if ((await keepsWhatIsDenied(view)) !== undefined) return true;
  let looked = 0;
  for (const root of view.scope.roots)
    for await (const { name, path, kind } of view.files.walk(root, new AbortController().signal)) {
      if ((looked += 1) > MOST_ENTRIES) return false;
      if (/[\s'"\\]/.test(name) || (kind === 'link' && (await targetOf(path, view)) === 'store')) return true;
    }
  return false;
}

/** Whether a program goes through the links that it comes across. */
function followsLinks(name: string, words: readonly Word[]): boolean {
  const has = (pattern: RegExp): boolean => words.some(({ text }) => pattern.test(text));
  if (/^[ef]?grep$/.test(name)) return has(/^-[a-zA-Z]*R|^--deref/);
  if (name === 'rg') return has(/^-[a-zA-Z]*L|^--follow/);
  return true;
}

/** Where a link leads: into git's store, to a folder, or where nobody looks. */
async function targetOf(link: string, view: RepositoryView): Promise<'store' | 'folder' | 'elsewhere' | 'file'> {
  try {
    const { path, kind } = await view.files.look(link, '/', 'followed');
    return isInStore(path, '/', view) ? 'store' : kind === 'directory' ? 'folder' : 'file';
  } catch (error) {
    if (error instanceof Forbidden) return 'elsewhere';
    if (error instanceof ToolFailure || error instanceof BadPath) return 'file'; // it leads to nothing
    throw error;
  }
}
