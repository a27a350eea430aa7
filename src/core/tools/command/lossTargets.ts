import type { Losing } from '../../command/losing/losing.ts';
import { losingsOf, saidName } from '../../command/losing/losers.ts';
import { seenFrom } from '../../command/shellState.ts';
import type { Meaning } from '../../command/meaning.ts';
import { headOf, type Word } from '../../command/word.ts';
import { Forbidden } from '../../scope/guard.ts';
import { absolutePath, BadPath, nameOf } from '../../scope/spelling.ts';
import { ToolFailure } from '../../outcome.ts';
import type { CallContext } from '../tool.ts';
import { fitting } from './namedPaths.ts';

type Does = Extract<Losing, { kind: 'some' }>['does'];

/** What a line says that it takes away, as paths seen from the folder that it starts in. */
export interface LossTarget {
  spelling: string;
  /** `whole`: all that stands there. `file`: if it is a file. `merged`: if it is a folder, some of it. `some`: some of it. */
  what: 'whole' | 'file' | 'merged' | 'some';
  does: Does;
  program: string;
}

/** As many as a glob is followed to. */
const MOST_FITTING = 500;

/** Where a line would take something away; `isWhole` says whether all places are among them. */
export async function lossTargets(
  meaning: Meaning,
  cwd: string,
  context: CallContext,
): Promise<{ targets: LossTarget[]; isWhole: boolean }> {
  const known = meaning.programs.map((words) => losingsOf(words));
  const found: LossTarget[] = [];
  let isWhole = true;
  const add = async (losing: Losing, folders: readonly string[] | undefined, program: string): Promise<void> => {
    for (const folder of folders ?? [undefined]) {
      const start = new Start(folder, cwd, context);
      for (const target of await start.targets(losing)) found.push({ ...target, program });
      isWhole &&= start.isWhole;
    }
  };
  for (const { spelling, access, program, isPattern, keeps } of meaning.paths) {
    if ((access !== 'write' && access !== 'delete') || keeps || (program !== undefined && known[program])) continue;
    const at: Word = isPattern ? { kind: 'pattern', text: spelling, head: '' } : { kind: 'known', text: spelling };
    const words = program === undefined ? undefined : meaning.programs[program];
    const said = words ? saidName(words) : 'the shell';
    await add(access === 'write' ? { kind: 'replaced', at } : { kind: 'deleted', at }, ['.'], said);
  }
  for (const [index, words] of meaning.programs.entries())
    for (const losing of known[index] ?? []) await add(losing, meaning.folders[index], saidName(words));
  return { targets: found, isWhole };
}

type Found = Omit<LossTarget, 'program'>;

/** Where one program starts: its words are seen from there. */
class Start {
  isWhole = true;
  readonly #folder: string | undefined;
  readonly #cwd: string;
  readonly #context: CallContext;
  /** What does not say where it works may work anywhere in here. */
  readonly #root: string;

  constructor(folder: string | undefined, cwd: string, context: CallContext) {
    this.#folder = folder;
    this.#cwd = cwd;
    this.#context = context;
    this.#root = context.scope.rootOf(cwd) ?? cwd;
  }

  async targets(losing: Losing): Promise<Found[]> {
    switch (losing.kind) {
      case 'some': {
        const { does, below } = losing;
        return below === 'workspace'
          ? [{ spelling: this.#root, what: 'some', does }]
          : this.#at(below, { what: 'some', does });
      }
      case 'deleted':
        return this.#at(losing.at, { what: 'whole', does: 'deletes' });
      case 'moved':
        return (await this.#isOutside(losing.to)) ? this.#at(losing.at, { what: 'whole', does: 'deletes' }) : [];
      case 'replaced':
        return this.#replaced(losing);
    }
  }

  async #replaced({ at, sources = [], isRecursive }: Extract<Losing, { kind: 'replaced' }>): Promise<Found[]> {
    const how: Omit<Found, 'spelling'> = { what: isRecursive === true ? 'merged' : 'file', does: 'overwrites' };
    const found: Found[] = [];
    for (const target of await this.#at(at, how)) {
      const { spelling: place } = target;
      if (target.what === 'some' || sources.length === 0 || !(await this.#isFolder(place))) found.push(target);
      else
        for (const source of sources)
          for (const name of (await this.#places(source))?.map(nameOfSource) ?? [undefined])
            found.push(
              name === undefined
                ? { ...target, what: 'some' }
                : { ...target, spelling: /^\.{0,2}$/.test(name) ? place : `${place}/${name}` },
            );
    }
    return found;
  }

  /** At each path that a word stands for; where that is not known, somewhere. */
  async #at(word: Word, how: Omit<Found, 'spelling'>): Promise<Found[]> {
    const places = await this.#places(word);
    if (places) return places.map((spelling) => ({ spelling, ...how }));
    // Names that a listing found lie where it looked.
    const isListed = word.kind === 'pattern' && this.#folder !== undefined;
    const listed = isListed ? word.head.slice(0, word.head.lastIndexOf('/') + 1) || '.' : this.#root;
    return [{ spelling: seenFrom(this.#folder ?? '.', listed), what: 'some', does: how.does }];
  }

  async #isOutside(to: Word): Promise<boolean> {
    const { scope } = this.#context;
    const isInWorkspace = (place: string): boolean => {
      try {
        return scope.rootOf(absolutePath(place, this.#cwd, scope.home)) !== undefined;
      } catch (error) {
        if (error instanceof BadPath) return false;
        throw error;
      }
    };
    return (await this.#places(to))?.every((place) => !isInWorkspace(place)) ?? false;
  }

  /** The paths that a word stands for, seen from where the line starts; undefined where nobody knows them. */
  async #places(word: Word): Promise<string[] | undefined> {
    const isAbsolute = /^([/]|~$|~\/)/.test(headOf(word));
    if (word.kind === 'unknown' || (this.#folder === undefined && !isAbsolute)) return undefined;
    const spelling = seenFrom(this.#folder ?? '.', word.text);
    if (word.kind === 'known') return [spelling];
    if (word.isListed === true) return undefined;
    try {
      const fits = await fitting(spelling, this.#cwd, this.#context);
      if (fits.length >= MOST_FITTING) this.isWhole = false;
      return fits;
    } catch (error) {
      if (error instanceof BadPath) return [];
      throw error;
    }
  }

  async #isFolder(place: string): Promise<boolean> {
    try {
      return (await this.#context.files.look(place, this.#cwd, 'followed')).kind === 'directory';
    } catch (error) {
      if (error instanceof BadPath || error instanceof ToolFailure || error instanceof Forbidden) return false;
      throw error;
    }
  }
}

function nameOfSource(path: string): string {
  return nameOf(path.replace(/\/+$/, ''));
}
