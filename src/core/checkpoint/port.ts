import type { PreImage } from '../../shared/action.ts';

/** Keeps what stood on disk before an action, outside the workspace and outside `.git`. */
export interface Checkpoints {
  /**
   * Whether everything at these paths is small enough to be kept (so that undo is certain), beside what was kept for
   * this run already. Nothing is kept.
   */
  canKeep(run: string, paths: readonly string[]): Promise<boolean>;
  /** Stores the content at these paths durably. Throws when it cannot; then the action must not happen. */
  keep(run: string, action: string, preImages: readonly PreImage[]): Promise<{ files: number; bytes: number }>;
  /** The text of a file as it stood before an action; empty for one that was not there, undefined where none is kept. */
  text(run: string, action: string, path: string): Promise<string | undefined>;
}
