import type { Action, HttpRequest, Send } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import { named } from '../../shared/named.ts';
import { hostDecision, shownHost } from '../egress/hostDecision.ts';
import { isBoundBy } from '../policy/binding.ts';
import { decision } from '../policy/decision.ts';
import { secretRefused, secretsIn } from '../secrets/namedSecret.ts';
import type { Kind, Offer, Standing } from './kind.ts';
import { OF_REQUESTS } from './storedRequest.ts';

/** Methods that are for reading (RFC 9110, 9.2.1): what they are sent to is not meant to change by them. */
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What allows it is allowed for hosts that somebody named: no rule about a tool speaks of all others. */
const CONFIRMED = 'api-confirmation';

/** Sending a request to another machine: what is sent is gone, and what comes back is anybody's. */
export const send: Kind<Send> = {
  isConfined: false,
  canOnlyLook: false,
  standard,
  allowed: (_action, own, wanted, { policy: { apiConfirmation } }) =>
    wanted.rule === CONFIRMED && !(apiConfirmation.value && isBoundBy(own.origin, apiConfirmation.origin))
      ? own
      : wanted,
  labels: ({ request }) => [
    'untrusted',
    'outward',
    ...(request.secrets > 0 || secretsIn(request.headers).length > 0 ? ['private' as const] : []),
  ],
  offers,
  always: () => undefined,
  starts: () => undefined,
  toCover: () => undefined,
  footprint: () => ({ kind: 'nothing' }),
  ran: () => undefined,
  ...OF_REQUESTS,
};

function standard({ request }: Send, { policy }: Standing): Decision {
  const ofHost = hostDecision(request, policy);
  if (ofHost.verdict === 'deny') return ofHost;
  const refused = secretRefused(request, policy.secrets.value);
  if (refused !== undefined) return decision('deny', 'secrets', refused, policy.secrets.origin);
  if (request.secrets > 0)
    return { ...decision('ask', 'sends-secret', 'It would send what looks like a secret.'), eachTime: true };
  if (ofHost.verdict === 'ask') return ofHost;
  const { apiConfirmation } = policy;
  if (apiConfirmation.value)
    return decision('ask', CONFIRMED, 'Requests ask, also to allowed hosts.', apiConfirmation.origin);
  if (!READING.has(request.method))
    return decision('ask', 'changing-request', `${request.method} can change things at ${named(request.host)}.`);
  return ofHost;
}

function offers({ request }: Send): Offer[] {
  const to = named(shownHost(request));
  const same = (other: Action): other is Send =>
    other.kind === 'send' &&
    other.request.host === request.host &&
    other.request.port === request.port &&
    schemeOf(other.request) === schemeOf(request) &&
    String(secretsIn(other.request.headers)) === String(secretsIn(request.headers));
  const exactly = JSON.stringify(request);
  return [
    {
      ...{ id: 'request', words: 'exactly this request', isBroad: false },
      covers: (other) => other.kind === 'send' && JSON.stringify(other.request) === exactly,
    },
    {
      ...{ id: 'method', words: `${request.method} requests to ${to}, whatever they hold`, isBroad: true },
      covers: (other) => same(other) && other.request.method === request.method,
    },
  ];
}

function schemeOf({ url }: HttpRequest): string {
  return url.slice(0, url.indexOf(':'));
}
