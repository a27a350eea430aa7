import type { Launch } from '../../shared/action.ts';
import type { CommandPlace } from '../checkpoint/port.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import type { Scope } from '../scope/scope.ts';

interface Ruled {
  scope: Scope;
  policy: Pick<EffectivePolicy, 'undo'>;
}

/** Where an action writes that may write anywhere it is let; undefined: one of which nothing more is known. */
export function commandPlace(
  { scope, policy }: Ruled,
  launch: Pick<Launch, 'outside' | 'uncovered'> | undefined,
): CommandPlace {
  return {
    roots: scope.roots,
    isKeptFrom: (path) => scope.isHidden(path),
    mayCopy: (path) => !scope.isSecret(path),
    canWrite: (path) => !scope.isHidden(path),
    covers: { leaves: policy.undo.leaveOut.value, fileBytes: policy.undo.fileSize.value ?? undefined },
    shown: (path) => scope.shown(path),
    outside: launch?.outside === true,
    holds: launch?.uncovered === 'read-only',
  };
}
