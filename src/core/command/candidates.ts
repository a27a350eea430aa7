import type { HiddenTexts } from './hiddenTexts.ts';
import { namedFolders } from './namedFolders.ts';
import {
  carriesOn,
  changesSomething,
  copies,
  isScratchSpelling,
  nameOf,
  roleOf,
  runsFolder,
  runsSomething,
  wordsTaken,
} from './operands.ts';
import { spellingsIn } from './spellings.ts';
import type { Meaning } from './meaning.ts';
import type { Word } from './word.ts';

/** Something in a command line that may name a file which says what the line does. */
export interface Candidate {
  /** The folder that it is seen from, as the line spells it. */
  folder: string;
  text: string;
  isPattern: boolean;
  /** It may be run, so that endings may be left out (`tool` for `tool.ts`). */
  runs: boolean;
  /** A folder of this name is run by its entry file. */
  runsFolder: boolean;
  /** What is in it may come to where the line does something: it has to be bound. */
  takes: boolean;
  /** What a rule allowed is not known any more once the run has changed it. */
  counts: boolean;
}

export interface Candidates {
  /** What may be run first. */
  list: Candidate[];
  /** Folders that it names, in which what it names may be looked for, if they are there. */
  searched: string[];
  /** Why there may be more: a sentence's part for people. */
  open: string | undefined;
}

const MOST = 4000;
/** Another name of the workspace, or of what is open. */
const BY_PROCESS = /\/proc\/+[^/\s]+\/+(cwd|root|task|map_files)\b/;

/** Every word, source and module of a line, whatever its programs, but for what they only write. */
export function candidatesOf(meaning: Meaning, hidden: HiddenTexts | undefined, command: string): Candidates {
  const found = new Collecting();
  const runs = runsSomething(meaning);
  const carries = carriesOn(meaning);
  for (const [index, words] of meaning.programs.entries()) {
    const role = roleOf(words, index, meaning);
    const folders = meaning.folders[index];
    if (!folders && role === 'runs') found.open('the folder it works in cannot be known beforehand');
    for (const word of wordsTaken(words, role)) {
      const more = {
        runs: role === 'runs',
        runsFolder: role === 'runs' && runsFolder(words, word),
        takes: carries || role === 'runs' || changesSomething(meaning, index),
        counts: runs && role !== 'keeps',
      };
      for (const folder of folders ?? ['.']) found.word(word, folder, more);
      if (copies(words)) found.taken(word);
    }
  }
  // The shell opens it, for whichever program.
  if (changesSomething(meaning))
    for (const { spelling, access, program } of meaning.paths)
      if (program === undefined && access === 'read' && isScratchSpelling(spelling)) found.scratch(spelling);
  const seen = { runs: true, runsFolder: false, takes: true, counts: true };
  for (const folder of new Set(meaning.folders.flatMap((all) => all ?? ['.']).concat('.'))) {
    if (!hidden) found.text(command, folder, seen);
    for (const text of hidden?.values ?? []) found.text(text, folder, seen);
    if (runs) for (const text of hidden?.inputs ?? []) found.text(text, folder, seen);
  }
  if (!hidden) found.open('the line cannot be read whole');
  // git starts what its protected configuration names, or what the line does.
  for (const { why, program, kind } of meaning.doubts)
    if (kind === 'unread' && nameOf(meaning.programs[program ?? -1] ?? []) !== 'git') found.open(why);
  const { searched, whole } = namedFolders(meaning, hidden);
  for (const folder of whole) found.all(folder);
  return { ...found.result(), searched };
}

type Marks = Pick<Candidate, 'runs' | 'runsFolder' | 'takes' | 'counts'>;

class Collecting {
  readonly #list = new Map<string, Candidate>();
  #open: string | undefined;

  open(why: string): void {
    this.#open ??= why;
  }

  word(word: Word, folder: string, marks: Marks): void {
    if (word.kind === 'known') this.text(word.text, folder, marks);
    else if (word.kind === 'pattern' && word.isListed !== true) this.#add(word.text, folder, true, marks);
    else if (marks.runs) this.taken(word);
  }

  /** Whatever it stands for, scratch perhaps, is taken. */
  taken(word: Word): void {
    if (word.kind === 'unknown' || (word.kind === 'pattern' && word.isListed === true))
      this.open(`what "${word.text.slice(0, 60)}" stands for cannot be known beforehand`);
  }

  scratch(spelling: string): void {
    this.open(`"${spelling.slice(0, 60)}" is scratch of this run`);
  }

  text(text: string, folder: string, marks: Marks): void {
    if (marks.runs && BY_PROCESS.test(text)) this.open('it names files by way of a process');
    const spellings = spellingsIn(text);
    if (!spellings) this.open('it has too many words');
    for (const spelling of spellings ?? []) this.#add(spelling, folder, false, marks);
  }

  /** Every file of a folder. */
  all(folder: string): void {
    this.#add(`${folder}/*`, '.', true, { runs: true, runsFolder: false, takes: true, counts: true });
  }

  result(): Omit<Candidates, 'searched'> {
    const list = [...this.#list.values()];
    return { list: [...list.filter(({ runs }) => runs), ...list.filter(({ runs }) => !runs)], open: this.#open };
  }

  #add(text: string, folder: string, isPattern: boolean, marks: Marks): void {
    const key = JSON.stringify([folder, text, isPattern]);
    const before = this.#list.get(key);
    if (before) {
      before.runs ||= marks.runs;
      before.runsFolder ||= marks.runsFolder;
      before.takes ||= marks.takes;
      before.counts ||= marks.counts;
    } else if (this.#list.size < MOST) this.#list.set(key, { folder, text, isPattern, ...marks });
    else this.open('it has too many words');
  }
}
