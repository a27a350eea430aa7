import type { Action, Connect } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import { named } from '../../shared/named.ts';
import type { ReadAction } from '../audit/storedAction.ts';
import { connectionOrigin } from '../egress/connecting.ts';
import { hostDecision, shownHost } from '../egress/hostDecision.ts';
import { patternText } from '../egress/hostPattern.ts';
import type { HostRules } from '../egress/hostRules.ts';
import { decision } from '../policy/decision.ts';
import { maximumPrivacy, PRIVACY_RULE, privacyWords } from '../policy/privacy.ts';
import type { Facets, Kind, Standing } from './kind.ts';

/** A command's connection to a host: what it sends there nobody sees beforehand, and what comes back is anybody's. */
export const connect: Kind<Connect> = {
  isConfined: false,
  canOnlyLook: false,
  standard: (action, { policy }) => connectionDecision(action, policy),
  // Rules speak of tools, paths and command lines: hosts are named in allowed_domains alone.
  allowed: (_action, _own, wanted) => wanted,
  labels: () => ['untrusted', 'outward'],
  offers: ({ host, port }) => [
    {
      id: 'host',
      words: `connections of commands to ${named(shownHost({ host, port }))}`,
      isBroad: false,
      covers: (other: Action) => other.kind === 'connect' && other.host === host && other.port === port,
    },
  ],
  always: () => undefined,
  alwaysHost: ({ host, port }) => patternText({ host, of: 'itself', port: port === 443 ? undefined : port }),
  starts: () => undefined,
  toCover: () => undefined,
  footprint: () => ({ kind: 'nothing' }),
  ran: () => undefined,
  explained: () => [],
  facets,
};

/** What the policy says of a connection, where nobody was asked. */
export function connectionDecision(
  { host, port }: Pick<Connect, 'host' | 'port'>,
  policy: Pick<Standing['policy'], 'network' | 'privacy' | keyof HostRules>,
): Decision {
  const isPrivate = maximumPrivacy(policy);
  if (isPrivate)
    return decision('deny', PRIVACY_RULE, `${privacyWords(isPrivate)}: commands have no network.`, isPrivate);
  const { value, origin } = policy.network;
  if (value === 'none') return decision('deny', 'sandbox.network', 'Your policy gives commands no network.', origin);
  const ofHost = hostDecision({ host, port }, policy);
  if (ofHost.verdict !== 'ask' || value !== 'allowed') return ofHost;
  return decision('allow', 'sandbox.network', 'Your policy lets commands reach every host that is not denied.', origin);
}

function facets({ recorded }: ReadAction): Facets {
  const { host, port } = recorded;
  if (typeof host !== 'string' || typeof port !== 'number') return { paths: [], origins: [] };
  return { paths: [], origins: [connectionOrigin({ host, port })] };
}
