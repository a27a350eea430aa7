import type { Decision, Origin, Verdict } from '../../shared/decision.ts';

const BUILT_IN: Origin = { layer: 'built-in' };

export function decision(verdict: Verdict, rule: string, reason: string, origin: Origin = BUILT_IN): Decision {
  return { verdict, rule, reason, origin };
}
