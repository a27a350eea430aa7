import type { Action, Look, Resource } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import { visibleLine } from '../../shared/visible.ts';
import { decision } from '../policy/decision.ts';
import { confirmedFirst } from './confirmed.ts';
import type { Kind } from './kind.ts';
import { aboutSecret, readsPrivate } from './secrets.ts';
import { touched } from './touched.ts';

/** Looking at files: nothing changes, and what is seen goes to the model. */
export const look: Kind<Look> = {
  isConfined: false,
  standard({ resources }, { scope }): Decision {
    const secret = resources.find(({ path, access }) => access === 'read' && scope.isSecret(path));
    return secret
      ? aboutSecret(secret, scope, '; its content would go to the model')
      : decision('allow', 'workspace-read', 'reading inside the workspace');
  },
  allowed: confirmedFirst,
  labels: ({ resources }, { scope }) => [
    ...(resources.every(({ path }) => scope.isOwn(path)) ? [] : ['untrusted' as const]),
    ...(readsPrivate(resources, scope) ? ['private' as const] : []),
  ],
  offers(action, { shown }) {
    const only = onlyRead(action);
    if (!only) return [];
    const covers = (other: Action): boolean => onlyRead(other)?.path === only.path;
    return [{ id: 'read', words: `reading ${visibleLine(shown(only.path))}`, isBroad: false, covers }];
  },
  always: () => undefined,
  starts: () => undefined,
  toCover: ({ resources }) => resources,
  footprint: () => ({ kind: 'nothing' }),
  ran: () => undefined,
  explained: () => [],
  facets: touched,
};

/** The one file that an action reads, where that is all it does. */
function onlyRead(action: Action): Resource | undefined {
  const [only, ...others] = action.resources;
  return action.effect === 'read' && others.length === 0 && only?.access === 'read' ? only : undefined;
}
