import type { BashParser } from './bash.ts';
import { Effort, TooMuch } from './effort.ts';
import type { Invocation } from './findings.ts';
import { Gathering } from './gathering.ts';
import { NO_INPUT, shared, type Input } from './input.ts';
import type { Judging } from './judging.ts';
import type { Meaning } from './meaning.ts';
import { namesPaths } from './programs/change.ts';
import { PROGRAMS, starterCalled } from './programs/table.ts';
import { seenFrom } from './shellState.ts';
import { Walk } from './walk.ts';
import type { Word } from './word.ts';

const MOST_PROGRAMS = 500;
const MOST_DEPTH = 8;
const SYSTEM_PROGRAM = /^(\/usr)?(\/local)?\/s?bin\//;

/** Where a line starts. */
export interface LineStart {
  /** The folder, whole and real, where that is known. */
  folder?: string;
  /** At the top of a git work tree. */
  isTop?: boolean;
  /** What TMPDIR says there. */
  temporary?: string | undefined;
}

/** Reads a command line as bash would. Pure and total: what is not understood is a doubt, never an exception.
 */
export function understand(text: string, parser: BashParser, start: LineStart = {}): Meaning {
  const effort = new Effort();
  const found = new Gathering(effort);
  try {
    new Understanding(parser, start, { effort, found }).script(text, ['.'], NO_INPUT, 0);
  } catch (error) {
    // A stack that ran over is one part too many, too.
    if (error instanceof TooMuch) found.giveUp(error.message);
    else if (error instanceof RangeError) found.giveUp('it is nested too deeply');
    else throw error;
  }
  return { ...found.result, effort: effort.spent };
}

/** Has the line walked, and each program that starts in it judged, with what these run in their turn. */
class Understanding {
  readonly #parser: BashParser;
  readonly #start: LineStart;
  readonly #effort: Effort;
  readonly #found: Gathering;

  constructor(parser: BashParser, start: LineStart, { effort, found }: { effort: Effort; found: Gathering }) {
    this.#start = start;
    this.#parser = parser;
    this.#effort = effort;
    this.#found = found;
  }

  script(text: string, folders: readonly string[] | undefined, input: Input, depth: number): void {
    const found = this.#found;
    if (depth > MOST_DEPTH) throw new TooMuch('it starts shells within shells');
    this.#effort.text(text.length * 8);
    const parsed = this.#parser.parse(text);
    if (!parsed.ok) {
      if (parsed.isTooMuch === true) throw new TooMuch(parsed.problem);
      found.doubt(parsed.problem, { kind: 'unread' });
      return;
    }
    // What the shell itself does is about the line.
    found.aboutLine(() => {
      const invocations: Invocation[] = [];
      const texts: Word[] = [];
      const walk = new Walk(
        this.#parser,
        {
          invocation: (one) => {
            invocations.push(one);
          },
          path: (word, access, from) => {
            found.path(word, access, from);
          },
          variable: (name) => {
            found.variable(name);
          },
          doubt: (why) => {
            found.doubt(why);
          },
          sets: (name, why) => {
            found.sets(name, why);
          },
          unread: (why) => {
            found.doubt(why, { kind: 'unread' });
          },
          shell: (inner) => {
            texts.push(inner);
          },
        },
        {
          folders,
          input,
          start: this.#start.folder,
          isTop: this.#start.isTop === true,
          // A shell in the line may have been given another one.
          ...(depth === 0 && { temporary: this.#start.temporary }),
          effort: this.#effort,
        },
      );
      walk.script(parsed.script);
      for (const invocation of invocations) this.#invocation(invocation, depth);
      for (const inner of texts) this.#text(inner, folders, NO_INPUT, depth);
    });
  }

  /** A text that a shell runs. */
  #text(text: Word, folders: readonly string[] | undefined, input: Input, depth: number): void {
    if (text.kind === 'known') this.script(text.text, folders, input, depth + 1);
    else this.#found.doubt('a shell runs a text that is not known beforehand', { kind: 'unread' });
  }

  #invocation(started: Invocation, depth: number): void {
    this.#found.aboutProgram(started, () => {
      this.#judge(started, depth);
    });
  }

  #judge({ words, folders, ...started }: Invocation, depth: number): void {
    const found = this.#found;
    if (!folders)
      found.aboutLine(() => {
        found.doubt('the folder it works in cannot be known beforehand');
      });
    if (found.result.programs.length > MOST_PROGRAMS || depth > MOST_DEPTH) throw new TooMuch('it has too many parts');
    const [program, ...args] = words;
    if (!program) return;
    const it = this.#judging({ words, folders, ...started }, depth);
    if (program.kind !== 'known') {
      found.doubt(`which program "${program.text.slice(0, 60)}" is cannot be known beforehand`, { kind: 'unread' });
      namesPaths(args, it);
      return;
    }
    const name = SYSTEM_PROGRAM.test(program.text) ? program.text.replace(SYSTEM_PROGRAM, '') : program.text;
    const judge = PROGRAMS.get(name);
    if (judge) {
      const before = found.result.doubts.length;
      judge(args, it, name);
      // An option that is not known may well name a path.
      if (found.result.doubts.length > before && name !== 'ln') namesPaths(args, it);
    } else {
      found.doubt(`${name.slice(0, 60)} is not known to only look`);
      if (name.includes('/')) it.path(program, 'read');
      namesPaths(args, it);
      // `/usr/bin/../bin/env rm x`: whichever file that is, it may well be what it is called.
      const called = name.slice(name.lastIndexOf('/') + 1);
      if (called !== name)
        starterCalled(called)?.(args, { ...it, usesStore: () => undefined, history: () => undefined }, called);
    }
  }

  /** What a judge of one start of a program is told, and whom it tells. */
  #judging({ folders, input, isFedByListing, feedsNames }: Invocation, depth: number): Judging {
    const found = this.#found;
    return {
      doubt: (why) => {
        found.doubt(why);
      },
      unread: (why) => {
        found.doubt(why, { kind: 'unread' });
      },
      path: (word, access) => {
        found.path(word, access, folders);
      },
      guess: (word) => {
        found.guess(word, folders);
      },
      run: (inner, { folder } = {}) => {
        const from = folder === undefined ? folders : seenFromEach(folders, folder);
        const alone = { isFedByListing: false, feedsNames: false };
        this.#invocation({ words: [...inner], folders: from, ...alone, input }, depth + 1);
      },
      shell: (text) => {
        this.#text(text, folders, shared(input), depth);
      },
      variable: (name) => {
        found.variable(name);
      },
      history: ({ digests, folder }) => {
        found.history(digests, folder, folders);
      },
      usesStore: () => {
        found.usesStore();
      },
      input,
      isFedByListing,
      feedsNames,
    };
  }
}

function seenFromEach(folders: readonly string[] | undefined, folder: Word): readonly string[] | undefined {
  return folder.kind === 'known' ? folders?.map((one) => seenFrom(one, folder.text)) : undefined;
}
