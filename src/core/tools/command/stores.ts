import type { Meaning, NamedPath } from '../../command/meaning.ts';
import type { Word } from '../../command/word.ts';
import { Forbidden } from '../../scope/guard.ts';
import { absoluteOrNone, BadPath, nameOf } from '../../scope/spelling.ts';
import { ToolFailure } from '../../outcome.ts';
import { historyDoubt, keepsWhatIsDenied, type RepositoryView } from './history.ts';

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
    if (name === 'xargs' && names.some((one) => LISTS.test(one))) return doubt(name);
    if (meaning.folders[index]?.some((folder) => isInStore(folder, cwd, view)) !== false) return doubt(name);
  }
  for (const named of meaning.paths) {
    const name = named.program === undefined ? 'the shell' : (names[named.program] ?? '');
    if (named.program !== undefined && (meaning.gits.includes(named.program) || !RECURSIVE.test(name))) continue;
    if (named.access === 'read' && (await mayHoldRepository(named, cwd, view))) return doubt(name);
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
async function mayHoldRepository(named: NamedPath, cwd: string, view: RepositoryView): Promise<boolean> {
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
    }
    return false;
  } catch (error) {
    if (error instanceof Forbidden || error instanceof ToolFailure || error instanceof BadPath) return false; // not there for it
    throw error;
  }
}
