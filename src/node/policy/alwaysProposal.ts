import type { Action } from '../../shared/action.ts';
import type { Verdict } from '../../shared/decision.ts';
import type { PolicyChange, Reach } from '../../shared/policyChange.ts';
import { alwaysPolicy } from '../../core/policy/always.ts';
import { Failure } from '../../core/outcome.ts';
import { readPolicy } from './readPolicy.ts';

interface Place {
  /** The user's policy. */
  file: string;
  roots: readonly string[];
  home: string;
}

/** The user's policy with the rule that "always" would write for an action. Nothing is written. @throws Failure */
export function proposeAlways(action: Action, reach: Reach, place: Place): Promise<PolicyChange> {
  const today = new Date().toISOString().slice(0, 10);
  return proposeRule(action, { verdict: 'allow', reach, why: `you chose "Always allow" on ${today}` }, place);
}

/** What a rule is to say of an action, where, and why. */
export interface RuleWanted {
  verdict: Verdict;
  reach: Reach;
  why: string;
}

/** The same with a rule that says what is wanted. @throws Failure */
export function proposeRule(action: Action, wanted: RuleWanted, place: Place): Promise<PolicyChange> {
  return Promise.resolve().then(() => withRule(action, wanted, place));
}

function withRule(action: Action, wanted: RuleWanted, { file, roots, home }: Place): PolicyChange {
  const read = readPolicy(file, { refusesLinks: false, mustBeAdministrators: false });
  if (read.kind === 'unreadable' || read.kind === 'not-administrators') throw new Failure(`${file}: ${read.problem}`);
  const before = read.kind === 'text' ? read.text : '';
  const { verdict, reach, why } = wanted;
  const written = alwaysPolicy(action, before, file, why, { roots, home, reach, verdict });
  if (!written.ok) throw new Failure(written.problem);
  return { file, before, after: written.text, ...(written.holdsIn && { holdsIn: written.holdsIn }) };
}
