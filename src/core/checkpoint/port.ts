import type { Action, PreImage } from '../../shared/action.ts';
import type { Covers } from './covers.ts';
import type { ChangedPath } from '../../shared/change.ts';

/** What undo will be able to do for an action. */
export type Undo =
  | { kind: 'whole' }
  /** `leftOut`: what it could not bring back, as a person is told. */
  | { kind: 'partly'; leftOut: readonly string[] }
  | { kind: 'none'; why: 'too large' | 'of another kind' | 'not kept' }
  /** The action changes nothing. */
  | { kind: 'nothing' };

/** The same for whatever a command changes. */
export interface Foreseen {
  undo: Undo;
  /** The `.git` folders whose branches, HEAD, tags, stash and index come back too. */
  repositories: readonly string[];
  /** Where it is held read-only (`CommandPlace.holds`): all that does not come back and can be held, by whole path. */
  held?: readonly string[];
}

/** What an action may change, as far as it is known before it happens. */
export type Footprint =
  | { kind: 'nothing' }
  /** These paths and no others, which stand as `before` says. */
  | { kind: 'paths'; before: readonly PreImage[] }
  /** Whatever of the workspace it can write. */
  | { kind: 'anything' };

/** An action of a run. */
export interface ActionOf {
  run: string;
  action: string;
}

/** A change as it was made; `content`: what a file was given. */
export interface NotedChange extends ChangedPath {
  content?: Uint8Array;
}

/**
 * What an action changed, as far as it is known: what the `changed` event says, and all others read. `list`: the SHA-256
 * of all the paths, which are kept beside the log too: an event has no room for thousands.
 */
export type Changes =
  | { extent: 'exact'; paths: readonly ChangedPath[]; list?: string }
  /** `leftOut`: where nobody has looked, as a person is told. */
  | { extent: 'seen'; paths: readonly ChangedPath[]; leftOut: readonly string[]; list?: string }
  | { extent: 'unknown' };

/** Where an action writes that may write anywhere. */
export interface CommandPlace {
  roots: readonly string[];
  /** Whether a path is kept from the agent: then no copy of it is made for it either. */
  isKeptFrom: (path: string) => boolean;
  /** Whether a copy of it may be made for undo: of likely secrets none is. */
  mayCopy: (path: string) => boolean;
  /** Whether a command can change a path, as far as the rules say. */
  canWrite: (path: string) => boolean;
  covers: Covers;
  /** A path as people say it. */
  shown: (path: string) => string;
  /** It runs without a sandbox. */
  outside: boolean;
  /** The sandbox holds read-only what undo does not cover: it cannot be changed then, and so need not come back. */
  holds?: boolean;
  /** It is looked at as it stands now, and not as the last look found it. */
  anew?: boolean;
}

/** What is held around one action, from before its effect to after it. */
export interface Checkpoint {
  /** What of it was put by; undefined where nothing had to be, or undo is not certain and so nothing was. */
  readonly kept: { files: number; bytes: number } | undefined;
  /**
   * The effect is over, however it ended. `noted`: what went through the action's own files (notedFiles.ts). Does not
   * throw: what cannot be told is said to be unknown.
   */
  end(noted: readonly NotedChange[]): Promise<Changes>;
}

/** Something that a revert would do. It goes by the order of the list. */
export type RevertStep =
  /** What was moved goes back to where it stood. */
  | { do: 'move back'; path: string; to: string }
  /** What was not there before goes; `whole`: a folder, with what is in it. */
  | { do: 'remove'; path: string; whole?: true }
  /** A folder that was not there before goes, if nothing is left in it. */
  | { do: 'remove folder'; path: string }
  /** The folder that stood there is made again. */
  | { do: 'make folder'; path: string }
  /** The content that was kept is put back; `mode`: what may be done with it from then on, where no file stands there. */
  | { do: 'put back'; path: string; of: ActionOf; mode?: number }
  /** The link that stood there is made again. What stands there by now gives way in one step, as it does to a file. */
  | { do: 'link'; path: string; target: string }
  /** What may be done with it is as it was (chmod(2)). */
  | { do: 'allow'; path: string; mode: number }
  /** Git stands again where it stood (gitPointer.ts). */
  | { do: 'point'; path: string; of: ActionOf }
  /** A branch that was not there before goes, or what else of git's kind. */
  | { do: 'unpoint'; path: string };

/** An action that is over, and what it changed. */
export interface Done {
  of: ActionOf;
  changed: readonly ChangedPath[];
}

/** What a revert would do. Nothing of the kind has happened yet. */
export interface RevertPlan {
  undo: Undo;
  steps: readonly RevertStep[];
}

/** Keeps what stood on disk before an action, outside the workspace and outside `.git`. */
export interface Checkpoints {
  /**
   * What undo will be able to do where these paths are changed, beside what was kept for this run already; nothing is
   * kept yet.
   */
  foresee(run: string, paths: readonly string[]): Promise<Undo>;
  /**
   * Before the effect: what `undo` promises of the footprint is stored durably. Throws when it cannot be; then the
   * action must not happen.
   */
  begin(of: ActionOf, footprint: Footprint, how: { undo: Action['undo']; place: CommandPlace }): Promise<Checkpoint>;
  /** The same for an action that may change whatever of the workspace it can write. */
  foreseeAnything(place: CommandPlace): Promise<Foreseen>;
  /** Such an action may come: what stands there is read already. */
  prepare(place: CommandPlace): Promise<void>;
  /**
   * What actions changed whose processes were gone before the log could say so. Each is told again until it is
   * `recorded`.
   */
  finishBrokenOff(place: CommandPlace): Promise<{ of: ActionOf; changes: Changes }[]>;
  /** The log says what an action changed. */
  recorded(of: ActionOf): Promise<void>;
  /** How actions of one run that changed this, one after the other, could be reverted, with what is kept of them. */
  plan(done: readonly Done[]): Promise<RevertPlan>;
  /** All the paths that an action changed, where they are kept and are those of that SHA-256. */
  list(of: ActionOf, digest: string): Promise<readonly ChangedPath[] | undefined>;
  /** A file's bytes as they stood before an action; undefined where they are not kept. */
  content(of: ActionOf, path: string): Promise<Uint8Array | undefined>;
  /** The text of a file before or after an action; empty for one that was not there, undefined where none is kept. */
  text(of: ActionOf, path: string, side: 'before' | 'after'): Promise<string | undefined>;
}
