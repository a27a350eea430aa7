import type { PathAccess } from './judging.ts';
import type { Word } from './word.ts';

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
  /**
   * `unread`: because of it other programs may start than those found. `offline`: it would take away what only a
   * network brings back. Without one the programs are known, not what they do.
   */
  kind?: 'unread' | 'offline';
  /** It is that the line sets this variable, and nothing else. */
  sets?: string;
  /** It is for this path alone, as the line spells it. */
  path?: Pick<NamedPath, 'spelling' | 'isPattern'>;
}
