import type { Action, Browse } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import { named } from '../../shared/named.ts';
import { hostDecision, shownHost } from '../egress/hostDecision.ts';
import { decision } from '../policy/decision.ts';
import type { Kind, Offer, Standing } from './kind.ts';
import { OF_REQUESTS } from './storedRequest.ts';

/** Fetching a web page: its address tells its host something, and what comes back is anybody's. */
export const browse: Kind<Browse> = {
  isConfined: false,
  canOnlyLook: false,
  standard,
  // Hosts are named in allowed_domains alone: a rule about the tool speaks of none.
  allowed: (_action, _own, wanted) => wanted,
  labels: ({ request, shows }) =>
    shows ? ['untrusted'] : ['untrusted', 'outward', ...(request.secrets > 0 ? ['private' as const] : [])],
  offers,
  always: () => undefined,
  starts: () => undefined,
  toCover: () => undefined,
  footprint: () => ({ kind: 'nothing' }),
  ran: () => undefined,
  ...OF_REQUESTS,
};

function standard({ request, robots, shows }: Browse, { policy }: Standing): Decision {
  const ofHost = hostDecision(request, policy);
  if (ofHost.verdict === 'deny') return ofHost;
  if (shows)
    return {
      ...decision('ask', 'page-review', 'You see what came back before the model does.', policy.webReview.origin),
      eachTime: true,
    };
  if (request.secrets > 0)
    return { ...decision('ask', 'sends-secret', 'It would send what looks like a secret.'), eachTime: true };
  if (robots === 'passed over')
    return {
      ...decision('ask', 'robots', `${named(request.host)} asks programs not to fetch this page (robots.txt).`),
      eachTime: true,
    };
  return ofHost;
}

function offers({ request, shows }: Browse): Offer[] {
  if (shows) return [];
  const exactly = JSON.stringify(request);
  const scheme = request.url.slice(0, request.url.indexOf(':'));
  const same = (other: Action): other is Browse =>
    other.kind === 'browse' &&
    !other.shows &&
    other.request.host === request.host &&
    other.request.port === request.port &&
    other.request.url.startsWith(`${scheme}:`);
  return [
    {
      ...{ id: 'page', words: 'exactly this page', isBroad: false },
      covers: (other) => other.kind === 'browse' && !other.shows && JSON.stringify(other.request) === exactly,
    },
    {
      ...{ id: 'host', words: `pages of ${named(shownHost(request))}`, isBroad: true },
      covers: same,
    },
  ];
}
