import type { Resource } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import { decision } from '../policy/decision.ts';
import type { Scope } from '../scope/scope.ts';

export function aboutSecret({ path }: Resource, scope: Scope, more = ''): Decision {
  return { ...decision('ask', 'likely-secret', `${scope.shown(path)} looks like a secret${more}`), isSensitive: true };
}

/** Whether content of likely secrets or protected paths comes back. */
export function readsPrivate(resources: readonly Resource[], scope: Scope): boolean {
  return resources.some(({ path, access }) => access === 'read' && (scope.isSecret(path) || scope.isProtected(path)));
}
