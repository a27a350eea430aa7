import type { Origin } from '../../shared/decision.ts';
import type { RuleKeys } from './ruleSchema.ts';

/** The keys that a policy file holds, as written; which there may be, and what they mean, says the table (keys/table.ts). */
export interface PolicyKeys {
  readonly [key: string]: unknown;
  rules?: RuleKeys[] | undefined;
}

/** One policy file, as written. */
export interface PolicyFile extends PolicyKeys {
  roles?: { users?: string[] | undefined; groups?: string[] | undefined; policy: PolicyKeys }[] | undefined;
}

/** A message about a policy file, with its place (line and column counted from 1). */
export interface Diagnostic {
  severity: 'error' | 'warning' | 'info';
  message: string;
  file: string;
  line: number;
  column: number;
}

export type Layer = 'organization' | 'user' | 'workspace' | 'run';

/** One layer that parsed: its values, and where each of them stands. */
export interface ParsedLayer {
  layer: Layer;
  file: string;
  /** For a workspace policy: the folder it stands in. */
  base?: string;
  /** For a workspace policy: the user has accepted exactly this content, so it may loosen defaults. */
  isAccepted?: boolean;
  /** For a workspace policy: it stands above the workspace, in the same repository, and can only tighten. */
  isAbove?: boolean;
  /** SHA-256 of the file's bytes, where it was read from one. */
  digest?: string;
  values: PolicyFile;
  originOf(path: readonly (string | number)[]): Origin;
}
