import type { Launch } from '../../shared/action.ts';
import type { CommandPlace } from '../checkpoint/port.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import type { Scope } from '../scope/scope.ts';

interface Ruled {
  scope: Scope;
  policy: Pick<EffectivePolicy, 'undo'>;
}

/** Where an action writes that may write anywhere it is let. */
export function commandPlace({ scope, policy }: Ruled, outside: Launch['outside']): CommandPlace {
  return {
    roots: scope.roots,
    isKeptFrom: (path) => scope.isHidden(path),
    mayCopy: (path) => !scope.isSecret(path),
    canWrite: (path) => !scope.isHidden(path),
    covers: { leaves: policy.undo.leaveOut.value, fileBytes: policy.undo.fileSize.value ?? undefined },
    shown: (path) => scope.shown(path),
    outside: outside === true,
  };
}
