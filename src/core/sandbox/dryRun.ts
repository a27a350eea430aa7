import type { Stand } from '../../shared/change.ts';
import type { SandboxResult, SandboxSpec } from './port.ts';

/** How a copy-on-write view is made: by the kernel over the real folders, or as a copy of them. */
export type Means = 'overlay' | 'copy';

/** One path that stands otherwise in the view than on disk, as the command names it. */
export interface EffectAt {
  path: string;
  before: Stand;
  after: Stand;
  /** Where a link leads that the command made. */
  target?: string;
}

/** What a command did in a copy-on-write view of its folders. Nothing of it is on disk. It is held until `dispose`. */
export interface DryRun {
  readonly result: SandboxResult;
  readonly means: Means;
  /** Sorted by path. */
  readonly changes: readonly EffectAt[];
  /** Files whose time alone is another one. */
  readonly touched: number;
  /** What it made that is not taken over, one sentence each. */
  readonly leftOut: readonly string[];
  /** Why nothing of it can be taken over; a sentence. */
  readonly obstacle: string | undefined;
  /** SHA-256 over all that would be taken over. */
  readonly digest: string;
  /** A file's bytes before or in the view; undefined where there is none, or where it is larger than that. */
  content(path: string, side: 'before' | 'after', most: number): Promise<Uint8Array | undefined>;
  /** What stands otherwise on disk than when the command saw it. */
  changedUnderneath(): Promise<string[]>;
  /** Makes exactly these changes, from inside the cage of a command with the same rules. */
  apply(spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult>;
  /** Takes the view away. Does not throw. */
  dispose(): Promise<void>;
}

/** A sandbox that can run a command without anything of it being on disk afterwards. */
export interface DryRuns {
  /** Why it cannot be done for these folders; undefined where it can. */
  whyNot(spec: SandboxSpec, signal: AbortSignal): Promise<string | undefined>;
  /** Throws `ToolFailure` where it cannot be done. */
  run(spec: SandboxSpec, signal: AbortSignal): Promise<DryRun>;
}
