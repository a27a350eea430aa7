import type { Word } from '../word.ts';

// What a program start takes away of what stands on the disk, as far as its words say so. What is said here is only
// shown to people and decides nothing: options that are not known count as taking no value.

export type Losing =
  /** A file of that path; where a folder stands there, the files in it that have the names of `sources`. */
  | { kind: 'replaced'; at: Word; sources?: readonly Word[]; isRecursive?: boolean }
  | { kind: 'deleted'; at: Word }
  /** It goes elsewhere, and is lost where that is not in the workspace. */
  | { kind: 'moved'; at: Word; to: Word }
  /** Some of what is there, and which cannot be known beforehand; `workspace`: anything of the folder's workspace. */
  | { kind: 'some'; does: 'deletes' | 'overwrites' | 'takes away'; below: Word | 'workspace' };

/** Tells what one program loses, from its arguments. */
export type Loser = (args: readonly Word[], name: string) => Losing[];
