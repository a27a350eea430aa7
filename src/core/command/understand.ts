import type { BashParser } from './bash.ts';
import type { Judging, PathAccess } from './judging.ts';
import { namesPaths } from './programs/change.ts';
import { PROGRAMS } from './programs/table.ts';
import { seenFrom } from './shellState.ts';
import type { Invocation } from './findings.ts';
import { Walk } from './walk.ts';
import { headOf, type Word } from './word.ts';

/** A path as the command line spells it, seen from the folder that the command starts in (`~` is the user's home). */
export interface NamedPath {
  spelling: string;
  access: PathAccess;
  /** A glob: whatever fits it. */
  isPattern: boolean;
  /** Perhaps no path at all: it counts if what it starts with exists. */
  isGuess: boolean;
  /** The program start (index into `programs`) that is given it; absent where the shell itself opens it. */
  program?: number;
}

/** A look of git's that may show the content of files. */
export interface History {
  /** Whose repository, as the line spells the folder; undefined where that is not known. */
  folder: string | undefined;
  /** Objects that it names by their digests. */
  digests: readonly string[];
}

/** What a command line means, as far as it is understood. With no doubts it only looks. */
export interface Meaning {
  /** Every program start, wrapped ones too, in the order found. */
  programs: Word[][];
  /** For each of them the folders that it may start in, as the line spells them; undefined where that is not known. */
  folders: (readonly string[] | undefined)[];
  paths: NamedPath[];
  /** Why it is not known to only look, in the order found; the first is said to people. */
  doubts: Doubt[];
  /** Environment variables that it shows or uses; `*` where it shows all of them. */
  variables: string[];
  /** Where git may show what it keeps of files, whatever stands on the disk. */
  histories: History[];
  /** The program starts (indexes into `programs`) that are git and need what it keeps. */
  gits: number[];
}

export interface Doubt {
  why: string;
  /** The program start (index into `programs`) that it is about; absent where it is about the line as a whole. */
  program?: number;
}

const MOST_PROGRAMS = 500;
const MOST_PATHS = 1000;
const MOST_DEPTH = 8;
const SYSTEM_PROGRAM = /^(\/usr)?(\/local)?\/s?bin\//;

/** Reads a command line as bash would. Pure and total: what is not understood is a doubt, never an exception.
 * `isTop`: it starts at the top of a git work tree. */
export function understand(text: string, parser: BashParser, isTop = false): Meaning {
  const meaning = new Understanding(parser, isTop);
  meaning.script(text, ['.'], 0);
  return meaning.result;
}

class Understanding {
  #judged: number | undefined;
  readonly result: Meaning = {
    programs: [],
    folders: [],
    paths: [],
    doubts: [],
    variables: [],
    histories: [],
    gits: [],
  };
  readonly #parser: BashParser;
  readonly #isTop: boolean;

  constructor(parser: BashParser, isTop: boolean) {
    this.#isTop = isTop;
    this.#parser = parser;
  }

  script(text: string, folders: readonly string[] | undefined, depth: number): void {
    if (depth > MOST_DEPTH) {
      this.#doubt('it starts shells within shells');
      return;
    }
    const parsed = this.#parser.parse(text);
    if (!parsed.ok) {
      this.#doubt(parsed.problem);
      return;
    }
    const around = this.#judged;
    this.#judged = undefined; // what the shell itself does is about the line
    const invocations: Invocation[] = [];
    const walk = new Walk(
      this.#parser,
      {
        invocation: (found) => {
          invocations.push(found);
        },
        path: (word, access, from) => {
          this.#path(word, access, from);
        },
        variable: (name) => {
          this.#variable(name);
        },
        doubt: (why) => {
          this.#doubt(why);
        },
      },
      folders,
      this.#isTop,
    );
    walk.script(parsed.script);
    for (const invocation of invocations) {
      this.#invocation(invocation, depth);
    }
    this.#judged = around;
  }

  #invocation(found: Invocation, depth: number): void {
    const around = this.#judged;
    this.#judged = this.result.programs.length;
    this.#judge(found, depth);
    this.#judged = around;
  }

  #judge(found: Invocation, depth: number): void {
    const { words, folders } = found;
    this.result.programs.push([...words]);
    this.result.folders.push(folders);
    if (!folders) this.#doubtLine('the folder it works in cannot be known beforehand');
    if (this.result.programs.length > MOST_PROGRAMS || depth > MOST_DEPTH) {
      this.#doubt('it has too many parts');
      return;
    }
    const [program, ...args] = words;
    if (!program) return;
    const it: Judging = {
      doubt: (why) => {
        this.#doubt(why);
      },
      path: (word, access) => {
        this.#path(word, access, folders);
      },
      guess: (word) => {
        if (word.kind !== 'unknown') this.#addPath(word, 'list', folders ?? ['.'], true);
      },
      run: (inner, { folder } = {}) => {
        const from =
          folder === undefined
            ? folders
            : folder.kind === 'known'
              ? folders?.map((one) => seenFrom(one, folder.text))
              : undefined;
        this.#invocation({ words: [...inner], folders: from, isFedByListing: false, feedsNames: false }, depth + 1);
      },
      shell: (text) => {
        if (text.kind === 'known') this.script(text.text, folders, depth + 1);
        else this.#doubt('a shell runs a text that is not known beforehand');
      },
      variable: (name) => {
        this.#variable(name);
      },
      history: ({ digests, folder }) => {
        for (const from of folders ?? [undefined])
          this.result.histories.push({
            digests,
            folder:
              folder === undefined
                ? from
                : folder.kind === 'known' && from !== undefined
                  ? seenFrom(from, folder.text)
                  : undefined,
          });
      },
      usesStore: () => {
        if (this.#judged !== undefined) this.result.gits.push(this.#judged);
      },
      isFedByListing: found.isFedByListing,
      feedsNames: found.feedsNames,
    };
    if (program.kind !== 'known') {
      this.#doubt(`which program "${program.text.slice(0, 60)}" is cannot be known beforehand`);
      namesPaths(args, it);
      return;
    }
    const name = SYSTEM_PROGRAM.test(program.text) ? program.text.replace(SYSTEM_PROGRAM, '') : program.text;
    const judge = PROGRAMS.get(name);
    if (judge) {
      const before = this.result.doubts.length;
      judge(args, it, name);
      // An option that is not known may well name a path.
      if (this.result.doubts.length > before && name !== 'ln') namesPaths(args, it);
    } else {
      this.#doubt(`${name.slice(0, 60)} is not known to only look`);
      if (name.includes('/')) it.path(program, 'read');
      namesPaths(args, it);
    }
  }

  #variable(name: string): void {
    if (/^\w+$|^\*$/.test(name) && !this.result.variables.includes(name)) this.result.variables.push(name);
  }

  #doubtLine(why: string): void {
    const around = this.#judged;
    this.#judged = undefined;
    this.#doubt(why);
    this.#judged = around;
  }

  #doubt(why: string): void {
    const { doubts } = this.result;
    const program = this.#judged;
    if (doubts.some((doubt) => doubt.why === why && doubt.program === program)) return;
    doubts.push(program === undefined ? { why } : { why, program });
  }

  #path(word: Word, access: PathAccess, folders: readonly string[] | undefined): void {
    if (access === 'write' && word.text === '/dev/null') return;
    if (word.kind === 'pattern' && word.isListed === true && (access === 'read' || access === 'list')) return;
    if (/^\/dev\/(null|zero|stdin|stdout|stderr|tty|fd\/[0-9]*)$/.test(headOf(word))) return;
    if (access === 'write' || access === 'delete')
      this.#doubt(`it ${access === 'write' ? 'writes' : 'deletes'} ${word.text.slice(0, 60)}`);
    if (word.kind === 'unknown') {
      this.#doubt(`which file "${word.text.slice(0, 60)}" is cannot be known beforehand`);
      return;
    }
    const isAbsolute = /^([/]|~$|~\/)/.test(headOf(word));
    if (!folders && !isAbsolute) this.#doubt('the folder it works in cannot be known beforehand');
    this.#addPath(word, access, isAbsolute ? ['.'] : (folders ?? ['.']), false);
  }

  #addPath(word: Word, access: PathAccess, folders: readonly string[], isGuess: boolean): void {
    for (const folder of folders) {
      if (this.result.paths.length >= MOST_PATHS) {
        this.#doubt('it names too many paths');
        return;
      }
      this.result.paths.push({
        spelling: seenFrom(folder, word.text),
        access,
        isPattern: word.kind === 'pattern',
        isGuess,
        ...(this.#judged !== undefined && { program: this.#judged }),
      });
    }
  }
}
