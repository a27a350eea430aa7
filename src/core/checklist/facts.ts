import type { Verdict } from '../audit/verdict.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import type { Scope } from '../scope/scope.ts';
import type { SandboxStatus } from '../sandbox/port.ts';
import type { Way } from '../../shared/wayWords.ts';

/** What the checklist judges: gathered before, so that judging is pure. What is undefined was not looked at. */
export interface ChecklistFacts {
  /** In force, or why it is not. */
  policy: { ok: true; policy: EffectivePolicy; scope: Scope; way: Way } | { ok: false; words: string };
  sandbox: SandboxStatus | undefined;
  account: { name: string; isRoot: boolean };
  workspace: {
    roots: readonly string[];
    home: string;
    /** Whether a person has said that they trust it; undefined where nobody is asked that. */
    isTrusted: boolean | undefined;
    /** Of each root that a program copies elsewhere, which one that is. */
    synced: readonly { root: string; by: string }[];
  };
  /** Variables of the shell's environment that hold a key of a model's server, by name. */
  keysInEnvironment: readonly string[];
  /** The log's check; undefined where there is none yet. `checked`: when (milliseconds since 1970). */
  log: { verdict: Verdict; checked: number } | 'none' | undefined;
  /** Of the last runs here that were to be reviewed afterwards, how many nobody has. */
  review: { runs: number; open: number } | undefined;
  organization: { file: string; state: 'absent' | 'counts' | 'not-administrators' | 'unreadable'; words: string };
  now: number;
}
