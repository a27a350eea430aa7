import type { Modify } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import { isOwnDatabase } from '../database/names.ts';
import { decision } from '../policy/decision.ts';
import { databaseDenial, databaseFacets, statementBlocks } from './databases.ts';
import type { Kind } from './kind.ts';
import { aboutSecret } from './secrets.ts';

/** Changing what is in a database. It asks each time, with its statements, however a run works. */
export const modify: Kind<Modify> = {
  isConfined: false,
  canOnlyLook: false,
  standard({ database, resources }, { scope, policy }): Decision {
    const denial = databaseDenial(database, policy);
    if (denial) return denial;
    const secret = resources.find(({ path }) => scope.isSecret(path));
    if (secret) return aboutSecret(secret, scope, ': its content would be changed');
    return { ...decision('ask', 'database-write', 'Asks because it changes a database.'), eachTime: true };
  },
  // What is said of a tool, or of a file, says nothing of what a statement does to it.
  allowed: (_action, _own, wanted) => wanted,
  labels: ({ database, undo }, { scope }) => [
    'private',
    ...(isOwnDatabase(database, scope) ? [] : ['untrusted' as const]),
    ...(undo === 'whole' || undo === 'nothing' ? [] : ['outward' as const]),
  ],
  offers: () => [],
  always: () => undefined,
  starts: () => undefined,
  toCover: () => undefined,
  footprint: ({ changes }) => (changes.length === 0 ? { kind: 'nothing' } : { kind: 'paths', before: changes }),
  inView: (action) => ({
    action: { ...action, undo: 'nothing', trial: true },
    view: 'taken back',
    how:
      action.database.engine === 'sqlite'
        ? 'It is done on a copy of the database.'
        : 'It is done in a transaction that is rolled back.',
  }),
  ran: () => undefined,
  explained: statementBlocks,
  facets: databaseFacets,
};
