import type { Input } from './input.ts';
import type { Word } from './word.ts';

/** One start of a program, as bash would make it: its words, and the folders it may be started in. */
export interface Invocation {
  words: Word[];
  folders: readonly string[] | undefined;
  /** In a pipe: what comes in are names that a listing made; what goes out is read as names by `xargs`. */
  isFedByListing: boolean;
  feedsNames: boolean;
  /** What it reads from its standard input. */
  input: Input;
}

/** Whom the walk tells what it finds. */
export interface Findings {
  invocation(found: Invocation): void;
  /** A path that bash itself opens or asks about; `append` is a write that leaves what stands there. */
  path(word: Word, access: 'read' | 'list' | 'write' | 'append', folders: readonly string[] | undefined): void;
  /** A variable is used that this line did not set. */
  variable(name: string): void;
  /** Something that may do more than can be seen. */
  doubt(why: string): void;
  /** A variable is set that programs see, and that is all there is to doubt. */
  sets(name: string, why: string): void;
  /** Something that was not understood: other programs may start than those found. */
  unread(why: string): void;
  /** A text that a shell will run at some time. */
  shell(text: Word): void;
}
