import type { FolderNames } from '../../shared/folderLabels.ts';
import type { PathRule } from '../scope/pathRule.ts';
import { Scope, type ScopeSpec } from '../scope/scope.ts';
import { SECRETS } from './defaults.ts';
import type { EffectivePolicy } from './merge.ts';
import type { Diagnostic } from './layer.ts';

const MOST_MADE = 4;
/** Scopes by what they were made of: a policy is read anew for each call, and hardly ever says anything else. */
const made = new Map<string, Scope>();

/** The scope that a policy gives. `own` are Oversign's own folders: denied to every tool, whatever a policy says. */
export function scopeOf(
  policy: EffectivePolicy,
  roots: string[],
  home: string,
  own: readonly string[],
  names?: FolderNames,
): Scope {
  const ownRules: PathRule[] = own.map((written) => ({ written, origin: { layer: 'built-in' } }));
  return madeOnce({
    roots: [...roots],
    names,
    home,
    allowed: policy.allowedPaths,
    denied: [...ownRules, ...policy.deniedPaths],
    protected: policy.protectedPaths,
    secrets: SECRETS,
    own: policy.ownPaths.map(({ rules }) => rules),
  });
}

/** A scope never changes, so the same one does for the same rules. */
function madeOnce(spec: ScopeSpec): Scope {
  const key = JSON.stringify(spec);
  const scope = made.get(key) ?? new Scope(spec);
  made.delete(key);
  made.set(key, scope);
  const [oldest] = made.keys();
  if (made.size > MOST_MADE && oldest !== undefined) made.delete(oldest);
  return scope;
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
