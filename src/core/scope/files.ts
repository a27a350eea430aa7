import type { PreImage } from '../../shared/action.ts';
import type { UnsavedFile } from '../editor/openFiles.ts';

/** One thing in a folder. `path` is absolute. */
export interface FileEntry {
  path: string;
  name: string;
  kind: 'file' | 'directory' | 'link' | 'other';
  size: number;
}

/** What a path turned out to be: absolute, every link on the way resolved. `size` in bytes. */
export interface Look {
  path: string;
  kind: PreImage['kind'];
  size: number;
}

/** How git stands in one thing, and what it says, where that is a line: the name of a commit, or of a branch. */
export interface PointerLook {
  image: PreImage;
  value: string | undefined;
}

/**
 * Under which other names a file is found: none; all of them, which may be written as it may; or some that are elsewhere,
 * or may not be written.
 */
export type OtherNames = { kind: 'none' } | { kind: 'all'; names: readonly string[] } | { kind: 'elsewhere' };

/** How a file is put in place, where it is to be another one than stands there. */
export interface Writing {
  /** Its permission bits (chmod(2)), from the moment that it stands there; what is no file yet has none to keep. */
  mode?: number;
  /** A file of its own: what stands there under other names stays as it is. A link gives way to it. */
  apart?: true;
}

/** How a tree is looked through. */
export interface Walking {
  /** False: this folder is named, and not looked into. */
  enters(folder: FileEntry): boolean;
  /** Sizes are of no use: they are 0. */
  readonly withoutSizes?: boolean;
  /** Told of a folder that may be looked into and cannot. */
  unread(path: string): void;
  /** Told what is in a folder, before any of it comes. */
  lists?(folder: string, entries: readonly FileEntry[]): Promise<void>;
}

/** What one call may look at. Each method throws once that is too much, and when the call is stopped. */
export interface Effort {
  /** So many entries of folders (one, if nothing is said) are looked at. */
  look(entries?: number): void;
  /** So many bytes are read. */
  read(bytes: number): void;
  /** Nothing more is looked at. */
  check(): void;
  readonly signal: AbortSignal;
}

/**
 * The workspace's files, as the tools see them. Every method asks the scope again at the moment of use and walks
 * from an open root folder without following links; a path that may not be touched throws `Forbidden`, anything
 * else that goes wrong throws `ToolFailure`.
 */
export interface Files {
  /** The same files, with all that is looked at through them counted against an effort, and stopped with it. */
  within(effort: Effort): Files;
  /**
   * Resolves a spelling to the path it means. `itself` does not follow a link in the last place (for deleting and
   * moving). The result may lie outside the scope: the decision says so, not this method.
   */
  look(spelling: string, base: string, last: 'followed' | 'itself'): Promise<Look>;
  preImage(path: string): Promise<PreImage>;
  /** A file's bytes; throws when it is larger than `maxBytes`. */
  read(path: string, maxBytes: number): Promise<Uint8Array>;
  /** A file's bytes from the beginning, as they are read: of any size, and no further than they are asked for. */
  chunks(path: string): AsyncIterable<Uint8Array>;
  /** The entries of a folder, without those that are denied, sorted by name. */
  list(path: string): Promise<FileEntry[]>;
  /** Everything below a folder, without what is denied; links are named, never entered. */
  walk(path: string, signal: AbortSignal, walking?: Walking): AsyncIterable<FileEntry>;
  /** The paths below a folder that a glob of bash fits, denied ones too; at most 500. Only `pattern` has wildcards. */
  expand(folder: string, pattern: string): Promise<string[]>;
  /** The names in a folder of the workspace, denied ones too; none where it is hidden or no folder. */
  names(folder: string): Promise<string[]>;
  /** The first path below a folder that is denied or protected, if any: the folder may not go either. */
  forbiddenBelow(path: string): Promise<string | undefined>;
  /** Throws `Forbidden` where something that is moved would bring what is denied or protected to its new place. */
  movable(from: string, to: string): Promise<void>;
  /** Throws `Forbidden` where a change at a path makes a repository of a folder, or decides what git runs in one. */
  changeable(path: string): Promise<void>;
  /** Of a file with several names those that change with it: `write` leaves the file as it is for all, or for none. */
  otherNames(path: string): Promise<OtherNames>;
  /** Throws where `write` would, before it writes anything. */
  assertWritable(path: string, expected: PreImage): Promise<void>;
  /**
   * Puts a file in place in one step, if what stands there still is what was expected. Makes missing folders. Resolves
   * with what the file holds then: an editor that saves it may do more than it was given.
   */
  write(path: string, content: Uint8Array, expected: PreImage, how?: Writing): Promise<Uint8Array>;
  remove(path: string, expected: PreImage): Promise<void>;
  move(from: string, to: string, expectedFrom: PreImage, expectedTo: PreImage): Promise<void>;
  /** Makes one folder; false where one stands there. */
  makeFolder(path: string): Promise<boolean>;
  /** Removes a folder in which nothing is left; false where something is. */
  removeFolder(path: string): Promise<boolean>;
  /** Puts a link in place in one step, if what stands there is what was expected. What it leads to is not looked at. */
  link(path: string, target: string, expected: PreImage): Promise<void>;
  /** Sets the permission bits of a file or folder (chmod(2)); resolves with those that it had. */
  allow(path: string, mode: number): Promise<number>;
  /** How git stands in one thing (gitPointer.ts): a branch counts whatever file it is kept in. */
  pointer(path: string): Promise<PointerLook>;
  /** Sets that, or takes it away without content, if it stands as expected; resolves with how it stands then. */
  point(path: string, content: Uint8Array | undefined, expected: PreImage): Promise<PreImage>;
  /** Files that are unsaved in the editor, wherever they are: what is read of them here is the person's text. */
  unsaved(): Promise<readonly UnsavedFile[]>;
  /** The same files as they stand on the disk, whatever the editor holds: what commands see. */
  onDisk(): Files;
}

/** What version control holds. */
export interface VersionControl {
  /** What version control holds at or below each of these paths of a workspace folder, in their order. */
  held(root: string, paths: readonly string[]): Promise<Held[]>;
  /**
   * Whether a repository keeps, or ever kept as far as it still knows, a file of a name (relative to `top`) that is kept
   * from the agent. `key` is the same for the same rules. `unknown` where there is too much to be looked through.
   */
  everHeld(top: string, rules: { isKept(name: string): boolean; key: string }): Promise<EverHeld>;
  /** The same of git's index alone, as its bytes say. `unknown` where they are none that is understood. */
  staged(index: Uint8Array, isKept: (name: string) => boolean): Promise<EverHeld>;
  /** Whether all of these objects are commits or tags; false also where that cannot be told. */
  areCommits(top: string, digests: readonly string[]): Promise<boolean>;
  /** The files that differ (as `git diff` takes `between`), seen from the top; undefined where it cannot be told. */
  changedBetween(top: string, between: readonly string[]): Promise<string[] | undefined>;
  /** Whether the person's git signs the commits that are made in a folder. */
  signsCommits(folder: string): Promise<boolean>;
}

export interface Held {
  /** How many files; undefined when it cannot be told. */
  tracked: number | undefined;
  /** Whether any of them differs from what was committed last; also true where there is no commit, or none can be told. */
  isUncommitted: boolean;
}

export type EverHeld = { kind: 'held'; name: string } | { kind: 'none' } | { kind: 'unknown' };
