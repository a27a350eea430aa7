import type { PreImage } from '../../../shared/action.ts';
import { isScratchSpelling } from '../../command/operands.ts';
import { seenFrom } from '../../command/shellState.ts';
import type { Candidate } from '../../command/candidates.ts';
import { Forbidden } from '../../scope/guard.ts';
import { folded } from '../../scope/pathRule.ts';
import { absoluteOrNone, isInside, nameOf, parentOf } from '../../scope/spelling.ts';
import type { Look } from '../../scope/files.ts';
import { ToolFailure } from '../../outcome.ts';
import type { CallContext } from '../tool.ts';

const MOST_FILES = 100;
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_LOOKS = 1500;
const MOST_FOLDERS = 200;
const MOST_SEARCHED = 20;
const MOST_NAMES = 20_000;
const MOST_FITTING = 400;
const MANIFEST = 1024 * 1024;

/** Endings that loaders add by themselves. */
const ENDINGS =
  'js cjs mjs json node ts cts mts tsx jsx py pyc rb pm pl lua sh bash zsh php so wasm mk ex exs beam jl R coffee class java jar kt kts scala sc groovy hs lhs ml m el elc lisp fasl scm rkt nim dart swift zig cr erl tcl tex ps1 psm1 fsx'.split(
    ' ',
  );
/** What is run of a folder. */
const ENTRIES =
  '__main__.py __init__.py setup.py pyproject.toml package.json index.js index.cjs index.mjs index.json index.node index.ts index.mts index.tsx main.py main.go main.ts mod.ts init.lua index.php Makefile Dockerfile';
const ENTRY_NAMES = ENTRIES.split(' ');

export interface Binding {
  image: PreImage;
  counts: boolean;
}

/** Finds the files of the workspace that a command names, and how they stand, within a budget of looks and bytes. */
export class Bindings {
  readonly #cwd: string;
  readonly #context: CallContext;
  readonly #bound = new Map<string, Binding>();
  readonly #names = new Map<string, Promise<Map<string, string[]>>>();
  readonly #searched: string[] = [];
  readonly #tooMany = new Set<string>();
  #looks = 0;
  #bytes = 0;
  #open: string | undefined;

  constructor(cwd: string, context: CallContext) {
    this.#cwd = cwd;
    this.#context = context;
  }

  get bound(): Binding[] {
    return [...this.#bound.values()];
  }

  /** Why not everything is bound. */
  get open(): string | undefined {
    return this.#open;
  }

  async candidate(candidate: Candidate): Promise<void> {
    if (candidate.isPattern) await this.#pattern(candidate);
    else await this.#named(seenFrom(candidate.folder, candidate.text), candidate);
    if (!candidate.runs || candidate.isPattern || /^~?\/|\s/.test(candidate.text)) return;
    for (const folder of this.#searched) await this.#named(`${folder}/${candidate.text}`, candidate);
  }

  /** Folders in which what is named is looked for, too. */
  get searched(): readonly string[] {
    return this.#searched;
  }

  async searchIn(folders: readonly string[]): Promise<void> {
    for (const one of folders) {
      const path = this.#absolute(one);
      const found = path === undefined ? undefined : await this.#folder(path);
      if (found !== undefined && !this.#searched.includes(found)) this.#searched.push(found);
      if (this.#searched.length < MOST_SEARCHED) continue;
      this.#open ??= 'it names too many folders';
      break;
    }
  }

  /** The files of a folder that fit. */
  async those(folder: string, fit: (name: string) => boolean, counts: boolean): Promise<void> {
    const names = [...(await this.#namesIn(folder)).values()].flat();
    if (names.length > MOST_NAMES) {
      this.#openFor(nameOf(folder), 'has too many files to be looked through');
      return;
    }
    for (const name of names) if (fit(name)) await this.path(`${folder}/${name}`, counts);
  }

  /** A path that is known already. */
  async path(path: string, counts: boolean): Promise<void> {
    const look = await this.#look(path);
    if (look?.kind === 'file') await this.#bind(look, counts);
  }

  async #named(
    spelling: string,
    { runs, runsFolder, takes, counts }: Omit<Candidate, 'folder' | 'text'>,
  ): Promise<void> {
    if (runs && /[^./][^/]*\/+\.\.(\/|$)/.test(spelling)) this.#openFor(spelling, 'goes up from a folder, or a link');
    const path = this.#absolute(spelling);
    if (path === undefined) {
      if (takes && isScratchSpelling(spelling)) this.#openFor(spelling, 'is scratch of this run');
      return;
    }
    if (this.#context.scope.roots.includes(path)) {
      if (runsFolder) await this.#entries(path, counts);
      return;
    }
    const parent = await this.#folder(parentOf(path));
    if (parent === undefined) return;
    for (const name of fitting(await this.#namesIn(parent), nameOf(path), runs)) {
      const look = await this.#look(`${parent}/${name}`);
      if (look?.kind === 'file') await this.#bind(look, counts);
      else if (look?.kind === 'directory' && runsFolder) await this.#entries(look.path, counts);
      else if (look?.kind === 'directory' && runs) await this.path(`${look.path}/__init__.py`, counts);
    }
    // Whoever loads a module out of packages loads these first.
    if (runs && /^\w+(\/\w+)+$/.test(spelling)) await this.path(`${parent}/__init__.py`, counts);
    if (runs && /^\w+(\/\w+)+$/.test(spelling)) await this.path(`${path}/__main__.py`, counts);
  }

  async #pattern({ folder, text, takes, counts }: Candidate): Promise<void> {
    const { scope, files } = this.#context;
    const written = text.replaceAll('\\', '');
    const spelling = seenFrom(folder, written);
    const path = this.#absolute(spelling);
    const root = path === undefined ? undefined : scope.rootOf(path);
    if (path === undefined || root === undefined) {
      if (takes && isScratchSpelling(spelling)) this.#openFor(spelling, 'is scratch of this run');
      return;
    }
    const start = this.#absolute(folder) ?? this.#cwd;
    const isAbsolute = /^(\/|~(\/|$))/.test(written);
    const found = await files.expand(isAbsolute ? root : start, isAbsolute ? path.slice(root.length) : written);
    if (found.length > MOST_FITTING) this.#openFor(text, 'stands for too many files');
    for (const one of found.slice(0, MOST_FITTING)) await this.path(one, counts);
  }

  async #entries(folder: string, counts: boolean): Promise<void> {
    const names = await this.#namesIn(folder);
    for (const name of ENTRY_NAMES)
      for (const one of names.get(folded(name)) ?? []) await this.path(`${folder}/${one}`, counts);
    if (!names.has('package.json')) return;
    for (const entry of await this.#manifestEntries(`${folder}/package.json`)) {
      const path = this.#absolute(`${folder}/${entry}`);
      if (path === undefined || !isInside(folder, path)) continue;
      const parent = await this.#folder(parentOf(path));
      if (parent === undefined) continue;
      for (const name of fitting(await this.#namesIn(parent), nameOf(path), true))
        await this.path(`${parent}/${name}`, counts);
    }
  }

  /** What a package says that it is run by. */
  async #manifestEntries(path: string): Promise<string[]> {
    try {
      const read: unknown = JSON.parse(new TextDecoder().decode(await this.#context.files.read(path, MANIFEST)));
      if (typeof read !== 'object' || read === null) return [];
      const { main, module, bin, exports } = read as Record<string, unknown>;
      return texts([main, module, bin, exports], 5).slice(0, 20);
    } catch (error) {
      if (error instanceof ToolFailure || error instanceof Forbidden || error instanceof SyntaxError) return [];
      throw error;
    }
  }

  async #bind(look: Look, counts: boolean): Promise<void> {
    const before = this.#bound.get(look.path);
    if (before) {
      before.counts ||= counts;
      return;
    }
    if (this.#tooMany.has(look.path)) return;
    if (this.#bound.size >= MOST_FILES || this.#bytes + look.size > MOST_BYTES) {
      this.#tooMany.add(look.path);
      const shown = this.#context.scope.shown(look.path);
      this.#open ??=
        this.#bound.size >= MOST_FILES
          ? `it names more than ${MOST_FILES} files`
          : `${shown} is too big to be looked at (${look.size} bytes)`;
      return;
    }
    this.#bytes += look.size;
    const image = await this.#orNothing(() => this.#context.files.preImage(look.path));
    if (image?.kind === 'file') this.#bound.set(look.path, { image, counts });
  }

  #openFor(text: string, why: string): void {
    this.#open ??= `"${text.slice(0, 60)}" ${why}`;
  }

  /** Undefined for what is no path, and for what lies outside the workspace. */
  #absolute(spelling: string): string | undefined {
    const { scope } = this.#context;
    const path = absoluteOrNone(spelling, this.#cwd, scope.home);
    return path === undefined || scope.rootOf(path) === undefined ? undefined : path;
  }

  /** Where a folder really is. */
  async #folder(path: string): Promise<string | undefined> {
    if (this.#context.scope.roots.includes(path)) return path;
    const look = await this.#look(path);
    return look?.kind === 'directory' ? look.path : undefined;
  }

  readonly #looked = new Map<string, Look | undefined>();

  async #look(path: string): Promise<Look | undefined> {
    if (this.#looked.has(path)) return this.#looked.get(path);
    if ((this.#looks += 1) > MOST_LOOKS) {
      this.#open ??= 'it names too many paths';
      return undefined;
    }
    const look = await this.#orNothing(() => this.#context.files.look(path, this.#cwd, 'followed'));
    this.#looked.set(path, look);
    return look;
  }

  /** The names in a folder, by what they are compared as. */
  #namesIn(folder: string): Promise<Map<string, string[]>> {
    const ready = this.#names.get(folder);
    if (ready) return ready;
    if (this.#names.size >= MOST_FOLDERS) {
      this.#open ??= 'it names too many folders';
      return Promise.resolve(new Map<string, string[]>());
    }
    const reading = this.#context.files.names(folder).then((all) => {
      const byName = new Map<string, string[]>();
      for (const name of all) byName.set(folded(name), [...(byName.get(folded(name)) ?? []), name]);
      return byName;
    });
    this.#names.set(folder, reading);
    return reading;
  }

  /** What may not be touched is denied elsewhere; what is not there is nothing to bind. */
  async #orNothing<T>(get: () => Promise<T>): Promise<T | undefined> {
    try {
      return await get();
    } catch (error) {
      if (error instanceof ToolFailure || error instanceof Forbidden) return undefined;
      throw error;
    }
  }
}

/** The names that a name stands for, also without its ending. */
function fitting(names: ReadonlyMap<string, string[]>, name: string, runs: boolean): string[] {
  const exact = names.get(folded(name)) ?? [];
  if (!runs) return exact;
  return [...exact, ...ENDINGS.flatMap((ending) => names.get(folded(`${name}.${ending}`)) ?? [])];
}

function texts(value: unknown, depth: number): string[] {
  if (typeof value === 'string') return [value];
  if (depth === 0 || typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((one) => texts(one, depth - 1));
}
