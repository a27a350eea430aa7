import type { Action } from '../../../shared/action.ts';
import type { Decision, Origin } from '../../../shared/decision.ts';
import { ruleOf } from '../spared.ts';
import { alwaysHost, alwaysRule } from '../../policy/alwaysRule.ts';
import type { InForce } from '../../policy/decide.ts';
import type { RuleKeys } from '../../policy/ruleSchema.ts';
import type { Replayed } from './replayRun.ts';

/** A rule, or a host, that would have spared questions and would have let nothing through that was denied. */
export interface Suggestion {
  /** As it would stand in a policy. */
  rule: Omit<RuleKeys, 'why'> | { allowed_domains: string[] };
  spares: number;
  /** Of so many questions that were looked at. */
  of: number;
}

/** A rule that decided nothing. */
export interface DeadRule {
  origin: Origin;
  decision: string;
  speaksOf: string;
}

/** So much is kept to compare with, and so many rules are tried: all of them at once, which holds up others meanwhile. */
const [MOST_ASKED, MOST_DENIED, MOST_RULES, MOST_SAID] = [400, 1000, 40, 3];

interface About {
  action: Action;
  decision: Decision;
}

/** What the replay of some runs in the same folders says of the policy itself. */
export class PolicyHistory {
  readonly #inForce: InForce;
  readonly #asked: About[] = [];
  readonly #denied: Action[] = [];
  readonly #spoke = new Set<string>();
  #isWhole = true;

  constructor(inForce: InForce) {
    this.#inForce = inForce;
  }

  add({ past, now, action }: Replayed): void {
    if (!action || !now || past.isOutdated) return;
    const ruling = this.#inForce.rulebook.ruling(action);
    if (ruling) this.#spoke.add(placeOf(ruling.origin));
    if (now.verdict === 'ask' && past.isAsked) keep(this.#asked, { action, decision: now }, MOST_ASKED);
    const isDenied = past.was.verdict === 'deny' || now.verdict === 'deny' || past.isRefused;
    // Without all that was denied, no rule can be said to let none of it through.
    if (isDenied && !keep(this.#denied, action, MOST_DENIED)) this.#isWhole = false;
  }

  /** The rules that *Always* would write, by how many questions each would have spared. Best first. */
  suggestions(): Suggestion[] {
    if (!this.#isWhole) return [];
    const found = new Map<string, Suggestion>();
    for (const { action } of this.#asked) {
      if (found.size >= MOST_RULES) break;
      const rule = this.#ruleFor(action);
      if (!rule) continue;
      const key = JSON.stringify(rule);
      if (found.has(key)) continue;
      const spares = this.#spares(action);
      found.set(key, { rule, spares, of: this.#asked.length });
    }
    return [...found.values()]
      .filter(({ spares }) => spares > 1)
      .sort((a, b) => b.spares - a.spares)
      .slice(0, MOST_SAID);
  }

  /** The rules of the policy files that spoke of nothing that was replayed. */
  deadRules(): DeadRule[] {
    const rules = this.#inForce.policy.rules.flat().flatMap((list) => list.rules);
    return rules
      .filter(({ origin }) => !this.#spoke.has(placeOf(origin)))
      .map(({ keys, origin }) => ({
        origin,
        decision: keys.decision,
        speaksOf: (keys.commands ?? keys.paths ?? keys.tools ?? []).join(', '),
      }));
  }

  /** Whether the policy of these folders has the rule that stands there. */
  has(place: string): boolean {
    return this.#inForce.policy.rules.flat().some((list) => list.rules.some(({ origin }) => placeOf(origin) === place));
  }

  #ruleFor(action: Action): Suggestion['rule'] | undefined {
    const host = alwaysHost(action, this.#inForce.policy);
    if (host !== undefined) return { allowed_domains: [host] };
    const keys = alwaysRule(action, '-', this.#inForce.scope.roots);
    if (!keys) return undefined;
    const { why: _, ...rule } = keys;
    return rule;
  }

  /** How many questions the rule would have spared; none where it would have let through something that was denied. */
  #spares(action: Action): number {
    const allows = ruleOf(action, this.#inForce);
    if (!allows) return 0;
    const asks: Decision = { verdict: 'ask', rule: 'other-host', reason: '', origin: { layer: 'built-in' } };
    if (this.#denied.some((one) => allows({ action: one, decision: asks }))) return 0;
    return this.#asked.filter((one) => allows(one)).length;
  }
}

function keep<T>(list: T[], one: T, most: number): boolean {
  if (list.length >= most) return false;
  list.push(one);
  return true;
}

/** Which rule it is, by its place. */
export function placeOf({ layer, file, line, column }: Origin): string {
  return [layer, file, line, column].join('\n');
}
