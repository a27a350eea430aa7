import type { Action, Query } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import { named } from '../../shared/named.ts';
import { databaseName, isOwnDatabase, isSameDatabase } from '../database/names.ts';
import { decision } from '../policy/decision.ts';
import { confirmedFirst } from './confirmed.ts';
import { databaseDenial, databaseFacets, statementBlocks } from './databases.ts';
import type { Kind } from './kind.ts';
import { aboutSecret } from './secrets.ts';

/** Asking a database: nothing changes, and what is in there goes to the model. */
export const query: Kind<Query> = {
  isConfined: false, // of a connection there is nothing to confine; SQLite refuses by itself where it cannot be
  canOnlyLook: true,
  standard({ database, resources }, { scope, policy }): Decision {
    const denial = databaseDenial(database, policy);
    if (denial) return denial;
    const secret = resources.find(({ path }) => scope.isSecret(path));
    if (secret) return aboutSecret(secret, scope, ': its content would go to the model');
    return decision('ask', 'database', 'Reading a database asks.');
  },
  // A connection asks whatever rules say of tools: none of them names a connection.
  allowed: (action, own, wanted, standing) =>
    action.database.engine === 'sqlite' ? confirmedFirst(action, own, wanted, standing) : wanted,
  labels: ({ database }, { scope }) => ['private', ...(isOwnDatabase(database, scope) ? [] : ['untrusted' as const])],
  offers: ({ database }, { shown }) => [
    {
      id: 'database',
      words: `reading the database ${named(databaseName(database, shown))}, whatever is asked`,
      isBroad: false,
      covers: (other: Action) => other.kind === 'query' && isSameDatabase(other.database, database),
    },
  ],
  always: () => undefined,
  starts: () => undefined,
  toCover: ({ resources }) => (resources.length === 0 ? undefined : resources),
  footprint: () => ({ kind: 'nothing' }),
  ran: () => undefined,
  explained: statementBlocks,
  facets: databaseFacets,
};
