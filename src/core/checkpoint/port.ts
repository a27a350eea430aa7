import type { PreImage } from '../../shared/action.ts';

/** What undo will be able to do for an action. */
export type Undo =
  | { kind: 'whole' }
  /** `leftOut`: what it could not bring back, as a person is told. */
  | { kind: 'partly'; leftOut: readonly string[] }
  | { kind: 'none'; why: 'too large' | 'of another kind' }
  /** The action changes nothing. */
  | { kind: 'nothing' };

/** Keeps what stood on disk before an action, outside the workspace and outside `.git`. */
export interface Checkpoints {
  /**
   * What undo will be able to do where these paths are changed, beside what was kept for this run already; nothing is
   * kept yet.
   */
  foresee(run: string, paths: readonly string[]): Promise<Undo>;
  /** Stores the content at these paths durably. Throws when it cannot; then the action must not happen. */
  keep(run: string, action: string, preImages: readonly PreImage[]): Promise<{ files: number; bytes: number }>;
  /** The text of a file as it stood before an action; empty for one that was not there, undefined where none is kept. */
  text(run: string, action: string, path: string): Promise<string | undefined>;
}
