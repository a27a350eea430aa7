import type { Action, Look } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import { named } from '../../shared/named.ts';
import { decision } from '../policy/decision.ts';
import { confirmedFirst } from './confirmed.ts';
import type { Kind } from './kind.ts';
import { aboutSecret, readsPrivate } from './secrets.ts';
import { touched } from './touched.ts';

/** So many files are named, where an approval is remembered for exactly these. */
const MOST_NAMED = 5;

/** Looking at files: nothing changes, and what is seen goes to the model. */
export const look: Kind<Look> = {
  isConfined: false,
  canOnlyLook: true,
  standard({ resources }, { scope }): Decision {
    const secret = resources.find(({ path, access }) => access === 'read' && scope.isSecret(path));
    return secret
      ? aboutSecret(secret, scope, ': its content would go to the model')
      : decision('allow', 'workspace-read', 'It only reads, and inside the workspace.');
  },
  allowed: confirmedFirst,
  labels: ({ resources }, { scope }) => [
    ...(resources.every(({ path }) => scope.isOwn(path)) ? [] : ['untrusted' as const]),
    ...(readsPrivate(resources, scope) ? ['private' as const] : []),
  ],
  offers(action, { shown }) {
    const paths = onlyRead(action);
    if (paths.length === 0 || paths.length > MOST_NAMED) return [];
    const covers = (other: Action): boolean => {
      const others = onlyRead(other);
      return others.length > 0 && others.every((path) => paths.includes(path));
    };
    const names = paths.map((path) => named(shown(path))).join(' and ');
    return [{ id: 'read', words: `reading ${names}`, isBroad: false, covers }];
  },
  always: () => undefined,
  starts: () => undefined,
  toCover: ({ resources }) => resources,
  footprint: () => ({ kind: 'nothing' }),
  ran: () => undefined,
  explained: () => [],
  facets: touched,
};

/** The files that an action reads, where that is all it does; else none. */
function onlyRead({ effect, resources }: Action): string[] {
  const isAll = effect === 'read' && resources.every(({ access }) => access === 'read');
  return isAll ? resources.map(({ path }) => path) : [];
}
