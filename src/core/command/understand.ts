import type { BashParser } from './bash.ts';
import { Effort, TooMuch } from './effort.ts';
import { NO_INPUT, shared, type Input } from './input.ts';
import type { Judging, PathAccess } from './judging.ts';
import { namesPaths } from './programs/change.ts';
import { PROGRAMS, starterCalled } from './programs/table.ts';
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
  /** It is written to without taking anything from it. */
  keeps?: true;
}

/** A look of git's that may show the content of files. */
export interface History {
  /** Whose repository, as the line spells the folder; undefined where that is not known. */
  folder: string | undefined;
  /** Objects that it names by their digests. */
  digests: readonly string[];
  /** The program start (index into `programs`) that looks; absent where nobody asked for it in the line. */
  program?: number;
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
  /** The program starts (indexes into `programs`) that are given an input in the line: a pipe, a text, a file. */
  fed: number[];
  /** Set where it is too long, too deep or too much to be looked into: what else is said is not the whole. */
  gaveUp?: string;
  /** Steps that understanding it took. */
  effort: number;
}

export interface Doubt {
  why: string;
  /** The program start (index into `programs`) that it is about; absent where it is about the line as a whole. */
  program?: number;
  /** Because of it other programs may start than those found. Without it the programs are known, not what they do. */
  kind?: 'unread';
}

const MOST_PROGRAMS = 500;
const MOST_PATHS = 1000;
const LONGEST_REASON = 200;
/** Characters that stand around a word where it is recorded. */
const OF_A_WORD = 6;
const MOST_DEPTH = 8;
const SYSTEM_PROGRAM = /^(\/usr)?(\/local)?\/s?bin\//;

/** Reads a command line as bash would. Pure and total: what is not understood is a doubt, never an exception.
 * `isTop`: it starts at the top of a git work tree. */
export function understand(text: string, parser: BashParser, isTop = false): Meaning {
  const effort = new Effort();
  const meaning = new Understanding(parser, isTop, effort);
  try {
    meaning.script(text, ['.'], NO_INPUT, 0);
  } catch (error) {
    // A stack that ran over is one part too many, too.
    if (error instanceof TooMuch) meaning.giveUp(error.message);
    else if (error instanceof RangeError) meaning.giveUp('it is nested too deeply');
    else throw error;
  }
  return { ...meaning.result, effort: effort.spent };
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
    fed: [],
    effort: 0,
  };
  readonly #seen = new Set<string>();
  readonly #parser: BashParser;
  readonly #isTop: boolean;
  readonly #effort: Effort;

  constructor(parser: BashParser, isTop: boolean, effort: Effort) {
    this.#isTop = isTop;
    this.#parser = parser;
    this.#effort = effort;
  }

  giveUp(why: string): void {
    this.result.gaveUp = why;
    this.result.doubts.unshift({ why, kind: 'unread' });
  }

  script(text: string, folders: readonly string[] | undefined, input: Input, depth: number): void {
    if (depth > MOST_DEPTH) throw new TooMuch('it starts shells within shells');
    this.#effort.text(text.length * 8);
    const parsed = this.#parser.parse(text);
    if (!parsed.ok) {
      if (parsed.isTooMuch === true) throw new TooMuch(parsed.problem);
      this.#doubt(parsed.problem, 'unread');
      return;
    }
    const around = this.#judged;
    this.#judged = undefined; // what the shell itself does is about the line
    const invocations: Invocation[] = [];
    const texts: Word[] = [];
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
        unread: (why) => {
          this.#doubt(why, 'unread');
        },
        shell: (inner) => {
          texts.push(inner);
        },
      },
      { folders, input, isTop: this.#isTop, effort: this.#effort },
    );
    walk.script(parsed.script);
    for (const invocation of invocations) {
      this.#invocation(invocation, depth);
    }
    for (const inner of texts) this.#text(inner, folders, NO_INPUT, depth);
    this.#judged = around;
  }

  /** A text that a shell runs. */
  #text(text: Word, folders: readonly string[] | undefined, input: Input, depth: number): void {
    if (text.kind === 'known') this.script(text.text, folders, input, depth + 1);
    else this.#doubt('a shell runs a text that is not known beforehand', 'unread');
  }

  #invocation(found: Invocation, depth: number): void {
    const around = this.#judged;
    this.#judged = this.result.programs.length;
    this.#judge(found, depth);
    this.#judged = around;
  }

  #judge(found: Invocation, depth: number): void {
    const { words, folders } = found;
    for (const word of words) this.#effort.keep(word.text.length + OF_A_WORD);
    if (found.input.kind !== 'none') this.result.fed.push(this.result.programs.length);
    this.result.programs.push([...words]);
    this.result.folders.push(folders);
    if (!folders) this.#doubtLine('the folder it works in cannot be known beforehand');
    if (this.result.programs.length > MOST_PROGRAMS || depth > MOST_DEPTH) throw new TooMuch('it has too many parts');
    const [program, ...args] = words;
    if (!program) return;
    const it: Judging = {
      doubt: (why) => {
        this.#doubt(why);
      },
      unread: (why) => {
        this.#doubt(why, 'unread');
      },
      path: (word, access) => {
        this.#path(word, access, folders);
      },
      guess: (word) => {
        if (word.kind !== 'unknown') this.#addPath(word, folders ?? ['.'], { access: 'list', isGuess: true });
      },
      run: (inner, { folder } = {}) => {
        const from =
          folder === undefined
            ? folders
            : folder.kind === 'known'
              ? folders?.map((one) => seenFrom(one, folder.text))
              : undefined;
        this.#invocation(
          { words: [...inner], folders: from, isFedByListing: false, feedsNames: false, input: found.input },
          depth + 1,
        );
      },
      shell: (text) => {
        this.#text(text, folders, shared(found.input), depth);
      },
      variable: (name) => {
        this.#variable(name);
      },
      history: ({ digests, folder }) => {
        for (const from of folders ?? [undefined])
          this.result.histories.push({
            digests,
            ...(this.#judged !== undefined && { program: this.#judged }),
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
      input: found.input,
      isFedByListing: found.isFedByListing,
      feedsNames: found.feedsNames,
    };
    if (program.kind !== 'known') {
      this.#doubt(`which program "${program.text.slice(0, 60)}" is cannot be known beforehand`, 'unread');
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
      // `/usr/bin/../bin/env rm x`: whichever file that is, it may well be what it is called.
      const called = name.slice(name.lastIndexOf('/') + 1);
      if (called !== name)
        starterCalled(called)?.(args, { ...it, usesStore: () => undefined, history: () => undefined }, called);
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

  #doubt(reason: string, kind?: 'unread'): void {
    const why = reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON)}…` : reason;
    const program = this.#judged;
    const key = `${program ?? ''} ${kind ?? ''} ${why}`;
    this.#effort.step();
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#effort.keep(why.length);
    this.result.doubts.push({ why, ...(program !== undefined && { program }), ...(kind && { kind }) });
  }

  #path(word: Word, how: PathAccess | 'append', folders: readonly string[] | undefined): void {
    const access = how === 'append' ? 'write' : how;
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
    const from = isAbsolute ? ['.'] : (folders ?? ['.']);
    this.#addPath(word, from, { access, isGuess: false, ...(how === 'append' && { keeps: true }) });
  }

  #addPath(word: Word, folders: readonly string[], how: Pick<NamedPath, 'access' | 'isGuess' | 'keeps'>): void {
    for (const folder of folders) {
      if (this.result.paths.length >= MOST_PATHS) {
        this.#doubt('it names too many paths');
        return;
      }
      this.#effort.keep(folder.length + word.text.length);
      this.result.paths.push({
        spelling: seenFrom(folder, word.text),
        isPattern: word.kind === 'pattern',
        ...how,
        ...(this.#judged !== undefined && { program: this.#judged }),
      });
    }
  }
}
