import { ModelFailure } from '../../core/models/port.ts';
import type { PermitSending } from '../../core/egress/port.ts';
import type { EditorModels } from '../../shared/editorModels.ts';
import type { FoundModel, FoundSource } from '../../shared/foundModels.ts';
import { PROVIDERS as FACTS, type ProviderName } from '../../shared/providers.ts';
import { visibleLine } from '../../shared/visible.ts';
import type { WayOut } from '../egress/route.ts';
import { maximumPrivacy, privacyWords } from '../../core/policy/privacy.ts';
import { wayTo, whyNotPrivate, type ChoosingIn } from './chooseModel.ts';
import { destinationWords } from './destination.ts';
import { editorDestination } from './editorModel.ts';
import { inTime } from './letGo.ts';
import { PROVIDERS } from './providers.ts';
import { runsAtByName } from './runsAt.ts';

/** A server that may have models; an empty address is the provider's usual one. */
export interface ModelSource {
  provider: ProviderName;
  baseUrl: string;
  apiKey: string;
}

/** With what models are looked for. */
export interface Looking {
  policy: ChoosingIn['policy'];
  wayOut: WayOut;
  permit: PermitSending;
  editorModels?: EditorModels | undefined;
  signal: AbortSignal;
}

/** A source that has not answered by then is said to be slow, and keeps nobody waiting. */
const MOST_SECONDS = 8;
const MOST_MODELS = 1000;
const MAX_NAME = 200;

/**
 * What models there are, source after source as they answer: one that is slow or broken says so, and holds up none of
 * the others. Each question to a server is a sending of its own, with its record.
 */
export async function* findModels(sources: readonly ModelSource[], looking: Looking): AsyncIterable<FoundSource> {
  const asked = [
    ...sources.map((source) => ofServer(source, looking)),
    ...(looking.editorModels ? [ofEditor(looking.editorModels, looking.policy)] : []),
  ];
  const open = new Map(asked.map((asking, index) => [index, asking.then((found) => ({ index, found }))]));
  while (open.size > 0) {
    const { index, found } = await Promise.race(open.values());
    open.delete(index);
    for (const one of found) yield one;
  }
}

async function ofServer({ provider, baseUrl, apiKey }: ModelSource, looking: Looking): Promise<FoundSource[]> {
  const { label, server } = FACTS[provider];
  const { list } = PROVIDERS[provider] as (typeof PROVIDERS)['openai'];
  if (!server) return [];
  const address = baseUrl === '' ? server.usual : baseUrl;
  const refused = whyNotPrivate({ provider, name: '', baseUrl }, looking.policy);
  if (refused !== undefined)
    return [{ provider, label, address, destination: '', models: [], problem: refused, trouble: 'policy' }];
  const reached = wayTo({ provider, baseUrl, wayOut: looking.wayOut }, looking.policy.nearbyHosts);
  if (!reached.ok)
    return [
      { provider, label, address, destination: '', models: [], problem: `${reached.problem}.`, trouble: 'unreachable' },
    ];
  const { url, way } = reached;
  const source = { provider, label, address: url, destination: destinationWords(url, process.env, way) };
  try {
    const waits = { firstByte: MOST_SECONDS, between: MOST_SECONDS };
    const signal = AbortSignal.any([looking.signal, AbortSignal.timeout(MOST_SECONDS * 1000)]);
    const found = await list({ model: '', baseUrl: url, apiKey, way, waits }, { permit: looking.permit, signal });
    const models = found.filter(isUsable).slice(0, MOST_MODELS);
    return [{ ...source, models: models.map((model) => allowed(model, looking.policy)) }];
  } catch (error) {
    return [{ ...source, models: [], problem: problemOf(error, looking.signal), trouble: troubleOf(error) }];
  }
}

/** Listed, and not to be chosen, where it does not run on this machine under Maximum privacy. */
function allowed(model: FoundModel, { privacy }: ChoosingIn['policy']): FoundModel {
  const origin = maximumPrivacy({ privacy });
  const host = model.runsAt ?? runsAtByName(model.name);
  if (!origin || host === undefined) return model;
  return { ...model, refused: `${privacyWords(origin)}, and this model runs at ${host}.` };
}

/** Every vendor is a source: another extension decides where it goes. */
async function ofEditor(models: EditorModels, policy: ChoosingIn['policy']): Promise<FoundSource[]> {
  const provider = (Object.keys(FACTS) as ProviderName[]).find((name) => FACTS[name].isOfEditor);
  if (!provider) return [];
  const refused = whyNotPrivate({ provider, name: '', baseUrl: '' }, policy);
  if (refused !== undefined) {
    const { label } = FACTS[provider];
    return [{ provider, label, address: '', destination: '', models: [], problem: refused, trouble: 'policy' }];
  }
  try {
    const all = await inTime(models.models(), MOST_SECONDS, () => new ModelFailure(SLOW));
    return all.slice(0, MOST_MODELS).map((facts) => ({
      ...{ provider, label: facts.extension === '' ? facts.vendor : facts.extension, address: '' },
      destination: editorDestination(facts),
      models: [{ name: facts.name, about: facts.label }],
    }));
  } catch (error) {
    const { label } = FACTS[provider];
    return [{ provider, label, address: '', destination: '', models: [], problem: problemOf(error, undefined) }];
  }
}

const SLOW = `It did not answer in ${MOST_SECONDS} s.`;

function problemOf(error: unknown, stopped: AbortSignal | undefined): string {
  if (stopped?.aborted) throw error;
  if (error instanceof DOMException && error.name === 'TimeoutError') return SLOW;
  if (error instanceof ModelFailure) return error.kind === 'timeout' ? SLOW : visibleLine(error.message);
  throw error;
}

function troubleOf(error: unknown): NonNullable<FoundSource['trouble']> {
  if (!(error instanceof ModelFailure)) return 'unreachable';
  switch (error.kind) {
    case 'auth':
      return 'key';
    case 'network':
    case 'timeout':
    case 'refused':
    case 'reply': // a web page, say: no server of models
      return 'unreachable';
    case 'overflow':
    case 'rate':
    case 'server':
    case 'request':
      return 'other';
  }
}

/** A name that can be set, shown and sent. */
function isUsable({ name }: FoundModel): boolean {
  return name !== '' && name.length <= MAX_NAME && visibleLine(name) === name;
}
