import type { Database } from '../../shared/action.ts';
import type { Block } from '../../shared/block.ts';
import type { Decision } from '../../shared/decision.ts';
import { isJsonObject, type Json } from '../../shared/json.ts';
import { named } from '../../shared/named.ts';
import type { ReadAction } from '../audit/storedAction.ts';
import { denying, type HostRules } from '../egress/hostRules.ts';
import { decision } from '../policy/decision.ts';
import { maximumPrivacy, PRIVACY_RULE, privacyWords, type Privacy } from '../policy/privacy.ts';
import type { Facets } from './kind.ts';
import { touched } from './touched.ts';

/** What kinds about databases have in common. */

/** The denial of a database before anything is asked of it. Its connection is named by a policy, its host may be denied all the same. */
export function databaseDenial(database: Database, rules: HostRules & { privacy: Privacy }): Decision | undefined {
  if (database.engine === 'sqlite') return undefined;
  const isPrivate = maximumPrivacy(rules);
  if (isPrivate)
    return decision('deny', PRIVACY_RULE, `${privacyWords(isPrivate)}: no database server is asked.`, isPrivate);
  const forbidding = denying(database, rules);
  return (
    forbidding &&
    decision('deny', 'denied_domains', `${named(forbidding.value)} is denied to every tool.`, forbidding.origin)
  );
}

/** Where a connection leads, as an origin. */
export function databaseOrigin({ host, port }: { host: string; port: number }): string {
  return `postgresql://${host}:${port}`;
}

export function databaseFacets(stored: ReadAction): Facets {
  const { paths } = touched(stored);
  const database = own(stored.recorded, 'database');
  const [host, port] = isJsonObject(database) ? [own(database, 'host'), own(database, 'port')] : [];
  const isAway = typeof host === 'string' && typeof port === 'number';
  return { paths, origins: isAway ? [databaseOrigin({ host, port })] : [] };
}

/** The statements of one that is past, from its record. */
export function statementBlocks({ recorded }: ReadAction): Block[] {
  const several = own(recorded, 'statements');
  const all = Array.isArray(several) ? several : [own(recorded, 'statement')];
  return all.flatMap((text) =>
    typeof text === 'string' && text !== '' ? [{ kind: 'exact' as const, label: 'Statement', text }] : [],
  );
}

function own(object: Record<string, Json>, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
