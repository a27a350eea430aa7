import type { Diagnostic } from '../core/policy/layer.ts';
import { maximumPrivacy } from '../core/policy/privacy.ts';
import { originText } from '../shared/decision.ts';
import type { EffectivePolicy } from '../core/policy/merge.ts';
import type { Probe, SandboxStatus } from '../core/sandbox/port.ts';
import { openWays, wayInForce } from '../core/policy/ways.ts';
import type { PanelState, PolicyNote, RunView } from '../shared/runView.ts';
import { WAYS, type Way } from '../shared/wayWords.ts';

/** How the policy stands: in force with its notes, or invalid with what is wrong. */
export type PolicyStanding =
  { ok: true; policy: EffectivePolicy } | { ok: false; words: string; diagnostics: Diagnostic[] };

/** The sandbox as the panel tells of it; `isOutside`: commands run without one. */
export function sandboxWords(status: SandboxStatus | undefined, isOutside: boolean): PanelState['sandbox'] {
  if (isOutside) return { state: 'outside', text: 'Your policy says so (sandbox: false); each of them asks.' };
  if (status === undefined) return { state: 'unknown', text: 'The sandbox has not been looked at yet.' };
  return status.works
    ? { state: 'works', text: `${status.name}: ${testWords(status.probes)}`, probes: counted(status.probes) }
    : { state: 'refused', text: status.cause, ...(status.fix !== '' && { fix: status.fix }) };
}

function counted(probes: readonly Probe[]): { held: number; all: number } {
  return { held: probes.filter(({ outcome }) => outcome === 'held').length, all: probes.length };
}

function testWords(probes: readonly Probe[]): string {
  const { held, all } = counted(probes);
  return `tested on this machine, ${held} of ${all} attempts to get out held.`;
}

/** The policy as the panel tells of it. */
export function policyWords(standing: PolicyStanding | undefined): PanelState['policy'] {
  if (standing === undefined) return { state: 'unknown', notes: [] };
  if (!standing.ok) return { state: 'invalid', notes: noted(standing.diagnostics) };
  const notes = noted(standing.policy.notes);
  return { state: notes.length > 0 ? 'notes' : 'ok', notes };
}

/** Maximum privacy as the panel tells of it; undefined where it is off, or nobody knows. */
export function shownPrivacy(standing: PolicyStanding | undefined): PanelState['privacy'] {
  const origin = standing?.ok === true ? maximumPrivacy(standing.policy) : undefined;
  return origin && { by: originText(origin), isOwn: origin.layer === 'user' };
}

/** In which way the run works, or the next one would. `chosen`: by the person, for the runs to come. */
export function wayWords(
  standing: PolicyStanding | undefined,
  run: RunView | undefined,
  chosen: Way | undefined,
): PanelState['way'] {
  if (standing?.ok !== true) return { now: run?.way ?? 'ask', open: WAYS.map((way) => ({ way })) };
  return { now: run?.way ?? wayInForce(chosen, standing.policy).way, open: openWays(standing.policy) };
}

function noted(diagnostics: readonly Diagnostic[]): PolicyNote[] {
  return diagnostics.map(({ file, line, column, message }) => ({ file, line, column, words: message }));
}
