import type { Decision, Origin } from '../../shared/decision.ts';
import { named } from '../../shared/named.ts';
import { decision } from '../policy/decision.ts';
import { maximumPrivacy, PRIVACY_RULE, privacyWords, type Privacy } from '../policy/privacy.ts';
import type { EgressPurpose, Sending } from './port.ts';

/** What is asked of a model's server, and nothing else, may go under Maximum privacy. */
const OF_MODELS: ReadonlySet<EgressPurpose> = new Set<EgressPurpose>(['model', 'models']);

/**
 * The denial of a sending under Maximum privacy; undefined where it may go: to a model's server on this machine, by its
 * address, through nothing, and running there itself as far as it says. The last word at the door, whoever decided before.
 */
export async function privacyDenial(
  purpose: EgressPurpose,
  sending: Sending,
  { privacy }: { privacy: Privacy },
): Promise<Decision | undefined> {
  const origin = maximumPrivacy({ privacy });
  if (!origin) return undefined;
  if (!OF_MODELS.has(purpose)) return denied(origin, `nothing goes to ${named(sending.origin)}.`);
  const why = await whyNotHere(sending);
  return why === undefined ? undefined : denied(origin, `${why} Choose a model that runs on this machine.`);
}

/** Why what goes there does not stay on this machine; a sentence. */
async function whyNotHere({
  origin,
  isLocal,
  proxy,
  carriedBy,
  forwardedTo,
  runsAt,
}: Sending): Promise<string | undefined> {
  if (!isLocal) return `no prompt goes to ${named(origin)}.`;
  if (proxy !== undefined) return `no prompt goes through the proxy ${named(proxy)}.`;
  if (carriedBy !== undefined) return `${named(carriedBy)} carries every connection of this program elsewhere.`;
  if (forwardedTo !== undefined)
    return `this model runs at ${named(forwardedTo)}, and ${named(origin)} only passes prompts on.`;
  const at = await runsAt?.();
  if (at === undefined) return undefined;
  return at === 'unsaid'
    ? `${named(origin)} does not say where this model runs.`
    : `this model runs at ${named(at.host)}, and ${named(origin)} only passes prompts on.`;
}

function denied(origin: Origin, what: string): Decision {
  return decision('deny', PRIVACY_RULE, `${privacyWords(origin)}: ${what}`, origin);
}
