import type { Resource } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import { named } from '../../shared/named.ts';
import type { Scope } from './scope.ts';
import { Refusal } from '../outcome.ts';

/** Thrown where a path turns out to be forbidden; carries the denial, so that it is recorded as one. */
export class Forbidden extends Refusal {
  override name = 'Forbidden';
  readonly decision: Decision;
  constructor(decision: Decision) {
    super(decision.reason);
    this.decision = decision;
  }
}

/** The denial that path rules give for touching a path this way; undefined where they give none. */
export function denialOf(scope: Scope, path: string, access: Resource['access']): Decision | undefined {
  const standing = scope.standing(path, access);
  switch (standing.kind) {
    case 'denied':
      return {
        verdict: 'deny',
        rule: 'denied_paths',
        reason: `${named(standing.rule.written)} is denied to every tool.`,
        origin: standing.rule.origin,
      };
    case 'outside':
      return {
        verdict: 'deny',
        rule: 'scope',
        reason: `${named(path)} is outside the workspace. Use a path in ${scope.roots.map(named).join(' or ')}; commands have a ${named('/tmp')} of their own.`,
        origin: { layer: 'built-in' },
      };
    case 'protected':
      return {
        verdict: 'deny',
        rule: 'protected_paths',
        reason: `${named(standing.rule.written)} is protected: it controls the agent, or what your editor and git run.`,
        origin: standing.rule.origin,
      };
    case 'kept':
      return {
        verdict: 'deny',
        rule: 'denied_paths',
        reason: `${named(scope.shown(standing.store))} keeps copies of files, also of those that your policy denies.`,
        origin: { layer: 'built-in' },
      };
    case 'secret':
    case 'free':
      return undefined;
  }
}

export function assertPermitted(scope: Scope, path: string, access: Resource['access']): void {
  const denial = denialOf(scope, path, access);
  if (denial) throw new Forbidden(denial);
}
