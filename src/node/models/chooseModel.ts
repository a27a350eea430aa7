import { ModelFailure, type Model } from '../../core/models/port.ts';
import type { EffectivePolicy } from '../../core/policy/merge.ts';
import type { Sandbox } from '../../core/sandbox/port.ts';
import { maximumPrivacy, privacyWords } from '../../core/policy/privacy.ts';
import { isNearby } from '../../core/egress/nearby.ts';
import { PROVIDERS, type ProviderName } from '../../shared/providers.ts';
import { checkBaseUrl } from '../egress/door.ts';
import { isLoopback } from '../egress/loopback.ts';
import { routeTo, STRAIGHT, type WayOut } from '../egress/route.ts';
import type { EditorModelFacts, EditorModels } from '../../shared/editorModels.ts';
import { STRAIGHT_WAY, type Way } from './destination.ts';
import { inTime } from './letGo.ts';
import type { Waits } from './patience.ts';
import { PROVIDERS as MAKERS } from './providers.ts';
import { runsAtByName } from './runsAt.ts';

/** What the user has set about the model; empty strings mean: not set. */
export interface ModelChoice {
  provider: ProviderName;
  name: string;
  baseUrl: string;
  apiKey: string;
  waits?: Partial<Waits>;
  wayOut?: WayOut;
}

/** What a model is chosen in. */
export interface ChoosingIn {
  folder: string;
  sandbox: Sandbox;
  policy: Pick<EffectivePolicy, 'nearbyHosts' | 'privacy'>;
  /** The language models of the editor around it; none on the command line. */
  editorModels?: EditorModels | undefined;
}

export type ChosenModel = { ok: true; model: Model } | { ok: false; problem: string };

/** Makes the model that was chosen, or says what is missing. Client libraries load at the first request. */
export async function chooseModel(choice: ModelChoice, chosenIn: ChoosingIn): Promise<ChosenModel> {
  const { folder, sandbox, policy, editorModels } = chosenIn;
  const { server, isOfEditor } = PROVIDERS[choice.provider];
  const refused = whyNotPrivate(choice, policy);
  if (refused !== undefined) return { ok: false, problem: refused };
  const { make } = MAKERS[choice.provider];
  const beside = { folder, sandbox, waits: choice.waits ?? {}, ofEditor: undefined };
  const nowhere = { ...beside, model: '', baseUrl: '', apiKey: '', way: STRAIGHT_WAY };
  if (isOfEditor) {
    const found = await inEditor(choice.name, editorModels);
    return found.ok ? { ok: true, model: await make({ ...nowhere, ofEditor: found }) } : found;
  }
  if (!server) return { ok: true, model: await make(nowhere) };
  const reached = wayTo(choice, policy.nearbyHosts);
  if (!reached.ok) return reached;
  const { url: baseUrl, way } = reached;
  if (choice.name === '')
    return { ok: false, problem: 'No model is named. Set oversign.model.name (command line: --model-name).' };
  const { keyVariable } = server;
  const isNear = way.route.isNearby === true || isLoopback(new URL(baseUrl).hostname);
  if (keyVariable !== null && choice.apiKey === '' && !isNear)
    return {
      ok: false,
      problem: `There is no API key. Use "Oversign: Set API Key" (command line: ${keyVariable} or --api-key-file).`,
    };
  // A provider that takes no key is told of none.
  const apiKey = keyVariable === null ? '' : choice.apiKey;
  return { ok: true, model: await make({ ...beside, model: choice.name, baseUrl, apiKey, way }) };
}

/**
 * Why a choice is none under Maximum privacy, which asks for a model on this machine by its address; undefined where it
 * may be one. Whatever is chosen, each prompt is looked at again where it leaves (core/egress/privacyRule.ts).
 */
export function whyNotPrivate(
  { provider, name, baseUrl }: Pick<ModelChoice, 'provider' | 'name' | 'baseUrl'>,
  policy: Pick<EffectivePolicy, 'privacy'>,
): string | undefined {
  const origin = maximumPrivacy(policy);
  if (!origin) return undefined;
  const { server, isOfEditor } = PROVIDERS[provider];
  const choose = 'Choose a model that runs on this machine.';
  if (isOfEditor) return `${privacyWords(origin)}: the editor’s own models are not asked. ${choose}`;
  if (!server) return undefined;
  const url = URL.parse(baseUrl === '' ? server.usual : baseUrl);
  if (url && !isLoopback(url.hostname)) return `${privacyWords(origin)}: no prompt goes to ${url.origin}. ${choose}`;
  const host = runsAtByName(name);
  return host === undefined ? undefined : `${privacyWords(origin)}: by its name, ${name} runs at ${host}. ${choose}`;
}

/** An editor whose extensions have not said by then what models they bring is not waited for. */
const MOST_SECONDS = 8;
const SLOW = `The editor did not say in ${MOST_SECONDS} s which language models it has. Try again, or choose another provider.`;

type OfEditor = { ok: true; facts: EditorModelFacts; models: EditorModels };

/** A model of the editor, by the name that was chosen; or what there is instead. */
async function inEditor(
  name: string,
  models: EditorModels | undefined,
): Promise<OfEditor | { ok: false; problem: string }> {
  if (!models) return { ok: false, problem: 'The editor’s language models can be asked in the editor alone.' };
  const all = await modelsOf(models);
  if (!all.ok) return all;
  const facts = all.models.find((model) => model.name === name);
  if (facts) return { ok: true, facts, models };
  const there = all.models.map((model) => model.name).slice(0, 10);
  return {
    ok: false,
    problem:
      there.length === 0
        ? 'No extension of this editor offers a language model. Install one that does, or choose another provider.'
        : `The editor has no language model "${name}". There are: ${there.join(', ')}. Use "Oversign: Choose Model".`,
  };
}

async function modelsOf(
  models: EditorModels,
): Promise<{ ok: true; models: EditorModelFacts[] } | { ok: false; problem: string }> {
  try {
    return { ok: true, models: await inTime(models.models(), MOST_SECONDS, () => new ModelFailure(SLOW)) };
  } catch (error) {
    if (error instanceof ModelFailure) return { ok: false, problem: error.message };
    throw error;
  }
}

/** The server's address and the way there, or what is wrong about either. */
export function wayTo(
  { provider, baseUrl, wayOut = STRAIGHT }: Pick<ModelChoice, 'provider' | 'baseUrl' | 'wayOut'>,
  nearbyHosts: EffectivePolicy['nearbyHosts'],
): { ok: true; url: string; way: Way } | { ok: false; problem: string } {
  const usual = PROVIDERS[provider].server?.usual ?? '';
  const checked = checkBaseUrl(baseUrl === '' ? usual : baseUrl, nearbyHosts.value);
  if (!checked.ok) return checked;
  const isNamed = isNearby(new URL(checked.url).origin, nearbyHosts.value);
  const found = routeTo(checked.url, wayOut, isNamed);
  if (!found.ok) return found;
  return { ok: true, url: checked.url, way: { route: found.route, ...(isNamed && { namedBy: nearbyHosts.origin }) } };
}
