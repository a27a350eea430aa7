import type { Launch } from '../../shared/action.ts';
import type { CommandPlace } from '../checkpoint/port.ts';
import type { Scope } from '../scope/scope.ts';

/** Where an action writes that may write anywhere it is let. */
export function commandPlace(scope: Scope, outside: Launch['outside']): CommandPlace {
  return {
    roots: scope.roots,
    isKeptFrom: (path) => scope.isHidden(path),
    mayCopy: (path) => !scope.isSecret(path),
    canWrite: (path) => !scope.isHidden(path),
    shown: (path) => scope.shown(path),
    outside: outside === true,
  };
}
