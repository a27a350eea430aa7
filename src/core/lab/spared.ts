import { ActionSchema, type Action } from '../../shared/action.ts';
import type { AuditRecord } from '../../shared/auditEvent.ts';
import { DecisionSchema, type Decision } from '../../shared/decision.ts';
import type { Spared } from '../../shared/spared.ts';
import { offersFor } from '../approval/grants.ts';
import { readAction } from '../audit/storedAction.ts';
import { speaksOfRuleOfTwo } from '../flow/ruleOfTwo.ts';
import type { Offer } from '../kinds/kind.ts';
import { kindOf } from '../kinds/table.ts';
import { alwaysHost, alwaysRule } from '../policy/alwaysRule.ts';
import type { InForce } from '../policy/decide.ts';
import { decision as decided } from '../policy/decision.ts';
import { mayStandFor } from '../policy/remembered.ts';
import { matcher } from '../policy/rules.ts';

/** A question as the log has it. `about`: what it was about and why it was asked, where both can still be read. */
export interface PastQuestion {
  /** Of the approval. */
  id: string;
  /** Milliseconds since 1970. */
  at: number;
  about: { action: Action; decision: Decision } | undefined;
}

/** What was asked in a run and kept anybody, in its order. */
export function questionsIn(events: readonly AuditRecord[]): PastQuestion[] {
  const [proposed, judged] = [new Map<string, AuditRecord>(), new Map<string, AuditRecord>()];
  const questions = new Map<unknown, PastQuestion>();
  for (const event of events) {
    const { type, action = '', data } = event;
    if (type === 'proposed') proposed.set(action, event);
    if (type === 'decided') judged.set(action, event);
    if (type === 'answered' && data['by'] === 'outdated') questions.delete(data['approval']);
    if (type !== 'asked' || typeof data['approval'] !== 'string') continue;
    const about = aboutOf(proposed.get(action), judged.get(action));
    questions.set(data['approval'], { id: data['approval'], at: Date.parse(event.time), about });
  }
  return [...questions.values()];
}

function aboutOf(proposed: AuditRecord | undefined, judged: AuditRecord | undefined): PastQuestion['about'] {
  const stored = readAction(proposed?.payload);
  if (stored.kind !== 'action' || !stored.isWhole) return undefined;
  const { version: _, ...recorded } = stored.recorded;
  const action = ActionSchema.safeParse(recorded);
  const decision = DecisionSchema.safeParse(judged?.payload?.['decision']);
  return action.success && decision.success ? { action: action.data, decision: decision.data } : undefined;
}

type About = NonNullable<PastQuestion['about']>;

/**
 * What remembering the answer to a question would have spared of others, by the same matching as when it is remembered:
 * as the log has the actions of both. `runs`: the questions of each run.
 */
export function sparedBy({ action }: About, runs: readonly (readonly PastQuestion[])[], inForce: InForce): Spared {
  const { scope, policy } = inForce;
  const offers = offersFor(action, { shown: (path) => scope.shown(path), roots: scope.roots });
  const isAllowed = ruleOf(action, inForce);
  const all = runs.flat();
  return {
    of: all.length,
    offers: offers.map((offer) => ({
      id: offer.id,
      runs: runs.map((questions) =>
        questions.flatMap(({ at, about }) => (about && isCovered(about, offer, policy) ? [at] : [])),
      ),
    })),
    ...(isAllowed && { always: all.filter(({ about }) => about && isAllowed(about)).length }),
  };
}

function isCovered({ action, decision }: About, offer: Offer, policy: InForce['policy']): boolean {
  return (
    !speaksOfRuleOfTwo(decision.reason) && mayStandFor(decision, [offer], policy).length > 0 && offer.covers(action)
  );
}

/** Whether the rule that *Always* writes would have allowed another: it takes nothing from a rule that asks. */
export function ruleOf(action: Action, inForce: InForce): ((about: About) => boolean) | undefined {
  const { roots, home } = inForce.scope;
  const host = alwaysHost(action, inForce.policy);
  if (host !== undefined)
    return ({ action: other, decision }) =>
      decision.rule === 'other-host' && kindOf(other).alwaysHost?.(other) === host;
  const keys = alwaysRule(action, '-', roots);
  if (!keys) return undefined;
  const origin = { layer: 'user' } as const;
  const paths = (keys.paths ?? []).map((written) => ({ written, origin }));
  const matches = matcher({ keys, origin, paths }, { roots, home });
  const own = decided('allow', 'always', '-', origin);
  return ({ action: other, decision }) =>
    decision.origin.layer === 'built-in' &&
    !speaksOfRuleOfTwo(decision.reason) &&
    (decision.isSensitive !== true || keys.paths !== undefined) &&
    matches(other) &&
    kindOf(other).allowed(other, own, decision, inForce).verdict === 'allow';
}
