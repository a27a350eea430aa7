import type { Diagnostic, ParsedLayer } from './layer.ts';

/** The policy files as they stand now. An invalid or unreadable one means: no runs. */
export type LoadedPolicies =
  { ok: true; layers: ParsedLayer[]; notes: Diagnostic[] } | { ok: false; diagnostics: Diagnostic[] };

export interface PolicySource {
  load(): Promise<LoadedPolicies>;
}
