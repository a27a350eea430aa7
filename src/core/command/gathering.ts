import type { Effort } from './effort.ts';
import type { Invocation } from './findings.ts';
import type { PathAccess } from './judging.ts';
import type { Doubt, History, Meaning, NamedPath } from './meaning.ts';
import { seenFrom } from './shellState.ts';
import { headOf, type Word } from './word.ts';

const MOST_PATHS = 1000;
const LONGEST_REASON = 200;
/** Characters that stand around a word where it is recorded. */
const OF_A_WORD = 6;

type Folders = readonly string[] | undefined;

/** What is found out about a command line, each piece with the program start that it is about. */
export class Gathering {
  readonly #effort: Effort;
  readonly #seen = new Set<string>();
  /** The program start that is being judged (index into `programs`); undefined where it is about the line as a whole. */
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

  constructor(effort: Effort) {
    this.#effort = effort;
  }

  /** What is found meanwhile is about the line as a whole. */
  aboutLine(find: () => void): void {
    this.#about(undefined, find);
  }

  /** What is found meanwhile is about this start of a program, which is the next one. */
  aboutProgram({ words, folders, input }: Invocation, find: () => void): void {
    this.#about(this.result.programs.length, () => {
      for (const word of words) this.#effort.keep(word.text.length + OF_A_WORD);
      if (input.kind !== 'none') this.result.fed.push(this.result.programs.length);
      this.result.programs.push([...words]);
      this.result.folders.push(folders);
      find();
    });
  }

  #about(program: number | undefined, find: () => void): void {
    const around = this.#judged;
    this.#judged = program;
    find();
    this.#judged = around;
  }

  giveUp(why: string): void {
    this.result.gaveUp = why;
    this.result.doubts.unshift({ why, kind: 'unread' });
  }

  /** The line sets a variable that programs see. */
  sets(name: string, why: string): void {
    this.doubt(why, { sets: name });
  }

  doubt(reason: string, { kind, path, sets }: Omit<Doubt, 'why' | 'program'> = {}): void {
    const why = reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON)}…` : reason;
    const program = this.#judged;
    const key = `${program ?? ''} ${kind ?? ''} ${sets ?? ''} ${why}`;
    this.#effort.step();
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#effort.keep(why.length);
    this.result.doubts.push({
      why,
      ...(program !== undefined && { program }),
      ...(kind && { kind }),
      ...(sets !== undefined && { sets }),
      ...(path && { path }),
    });
  }

  variable(name: string): void {
    if (/^\w+$|^\*$/.test(name) && !this.result.variables.includes(name)) this.result.variables.push(name);
  }

  usesStore(): void {
    if (this.#judged !== undefined) this.result.gits.push(this.#judged);
  }

  /** `folder`: where the program looks, seen from each of the folders that it may start in. */
  history(digests: History['digests'], folder: Word | undefined, folders: Folders): void {
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
  }

  path(word: Word, how: PathAccess | 'append', folders: Folders): void {
    const access = how === 'append' ? 'write' : how;
    if (access === 'write' && word.text === '/dev/null') return;
    if (word.kind === 'pattern' && word.isListed === true && (access === 'read' || access === 'list')) return;
    if (/^\/dev\/(null|zero|stdin|stdout|stderr|tty|fd\/[0-9]*)$/.test(headOf(word))) return;
    const isAbsolute = /^([/]|~$|~\/)/.test(headOf(word));
    const path = { spelling: word.text, isPattern: word.kind === 'pattern' };
    if (access === 'write' || access === 'delete')
      this.doubt(`it ${access === 'write' ? 'writes' : 'deletes'} ${word.text.slice(0, 60)}`, {
        ...(isAbsolute && word.kind !== 'unknown' && { path }),
      });
    if (word.kind === 'unknown') {
      this.doubt(`which file "${word.text.slice(0, 60)}" is cannot be known beforehand`);
      return;
    }
    if (!folders && !isAbsolute) this.doubt('the folder it works in cannot be known beforehand');
    const from = isAbsolute ? ['.'] : (folders ?? ['.']);
    this.#addPath(word, from, { access, isGuess: false, ...(how === 'append' && { keeps: true }) });
  }

  /** Perhaps a path. */
  guess(word: Word, folders: Folders): void {
    if (word.kind !== 'unknown') this.#addPath(word, folders ?? ['.'], { access: 'list', isGuess: true });
  }

  #addPath(word: Word, folders: readonly string[], how: Pick<NamedPath, 'access' | 'isGuess' | 'keeps'>): void {
    for (const folder of folders) {
      if (this.result.paths.length >= MOST_PATHS) {
        this.doubt('it names too many paths');
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
