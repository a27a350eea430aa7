import type { Resource } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import { decision } from '../policy/decision.ts';
import { isInstructionFile } from '../policy/instructionFiles.ts';
import type { Scope } from '../scope/scope.ts';
import { named } from '../../shared/named.ts';

export function aboutSecret({ path }: Pick<Resource, 'path'>, scope: Scope, more = ''): Decision {
  return {
    ...decision('ask', 'likely-secret', `${named(scope.shown(path))} looks like a secret${more}.`),
    isSensitive: true,
  };
}

/** Whether content of likely secrets or protected paths comes back. */
export function readsPrivate(resources: readonly Resource[], scope: Scope): boolean {
  const isPrivate = (path: string): boolean =>
    scope.isSecret(path) || (scope.isProtected(path) && !isInstructionFile(path));
  return resources.some(({ path, access }) => access === 'read' && isPrivate(path));
}
