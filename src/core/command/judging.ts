import type { Input } from './input.ts';
import type { Word } from './word.ts';

/** How a program touches a path that it was given. `delete` also stands for taking something away by moving it. */
export type PathAccess = 'read' | 'list' | 'write' | 'delete';

/** What a program's judge may say of one start of it. Saying nothing means: it only looks, and at no file. */
export interface Judging {
  /** Why it is not known to only look. */
  doubt(why: string): void;
  /** Why it is not known which programs it starts. */
  unread(why: string): void;
  path(word: Word, access: PathAccess): void;
  /** A word that may be a path, of an option or a program that is not known. */
  guess(word: Word): void;
  /** It starts another program. */
  run(words: readonly Word[], options?: { folder?: Word; isAsSomebodyElse?: boolean }): void;
  /** It shows an environment variable; `*` for all of them. */
  variable(name: string): void;
  /** It may show what git keeps of files, of the repository that a folder lies in; `digests`: objects named as such. */
  history(shown: { digests: readonly string[]; folder?: Word }): void;
  /** It is git, and needs the store that git keeps content in, whatever it shows of it. */
  usesStore(): void;
  /** It gives a text to a shell. */
  shell(text: Word): void;
  /** What comes to its standard input. */
  readonly input: Input;
  /** Names of files reach its standard input that a listing of the workspace made. */
  readonly isFedByListing: boolean;
  /** What it prints are names that another program will take as paths. */
  readonly feedsNames: boolean;
}

/** Knows one program (or several that take the same options): what its arguments make it do. */
export type Judge = (args: readonly Word[], it: Judging, name: string) => void;
