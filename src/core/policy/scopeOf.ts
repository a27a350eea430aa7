import type { PathRule } from '../scope/pathRule.ts';
import { Scope } from '../scope/scope.ts';
import { SECRETS } from './defaults.ts';
import type { EffectivePolicy } from './merge.ts';
import type { Diagnostic } from './layer.ts';

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
    own: policy.ownPaths.map(({ rules }) => rules),
  });
}

/** Says which workspace folders `allowed_paths` leaves nothing of: otherwise every call would be denied unexplained. */
export function emptyScopeNotes(policy: EffectivePolicy, scope: Scope): Diagnostic[] {
  const empty = policy.allowedPaths.find(({ rules }) => rules.length === 0);
  const { origin } = empty ?? policy.allowedPaths.flatMap(({ rules }) => rules)[0] ?? {};
  return scope.roots
    .filter((root) => scope.standing(root, 'list').kind === 'outside')
    .map((root) => ({
      severity: 'warning',
      message: `allowed_paths names nothing in ${root}: the agent may use no file there`,
      file: origin?.file ?? '',
      line: origin?.line ?? 1,
      column: origin?.column ?? 1,
    }));
}
