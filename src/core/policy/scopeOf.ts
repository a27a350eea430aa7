import type { PathRule } from '../scope/pathRule.ts';
import { Scope } from '../scope/scope.ts';
import { SECRETS } from './defaults.ts';
import type { EffectivePolicy } from './merge.ts';

/** The scope that a policy gives. `own` are Oversign's own folders: denied to every tool, whatever a policy says. */
export function scopeOf(policy: EffectivePolicy, roots: string[], home: string, own: readonly string[]): Scope {
  const ownRules: PathRule[] = own.map((written) => ({ written, origin: { layer: 'built-in' } }));
  return new Scope({
    roots,
    home,
    allowed: policy.allowedPaths,
    denied: [...ownRules, ...policy.deniedPaths],
    protected: policy.protectedPaths,
    secrets: SECRETS,
  });
}
