import type { Diagnostic, ParsedLayer } from './layer.ts';

/** The policy files as they stand now. An invalid or unreadable one means: no runs. */
export type LoadedPolicies =
  { ok: true; layers: ParsedLayer[]; notes: Diagnostic[] } | { ok: false; diagnostics: Diagnostic[] };

export interface PolicySource {
  load(): Promise<LoadedPolicies>;
}

/** What there is below some folders, as far as it was looked at. */
export interface PathsBelow {
  paths: string[];
  isWhole: boolean;
}

/** What is looked at to tell what a policy's paths mean. */
export interface PolicyLook {
  /** Whether anything has this path. */
  readonly stands: (path: string) => Promise<boolean>;
  readonly below: (folders: readonly string[]) => Promise<PathsBelow>;
}
