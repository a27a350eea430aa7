import type { FoundSource } from '../shared/foundModels.ts';
import { PROVIDERS, type ProviderName } from '../shared/providers.ts';
import { keyPlace } from '../shared/settings.ts';
import { modelStep, typedStep, type Step } from '../vscode/modelSteps.ts';

/** What the steps come to; nothing of it is kept before all of them are done. */
export interface SetUp {
  provider: ProviderName;
  address: string;
  name: string;
  /** A key that was typed and that the server took. */
  key: string | undefined;
}

interface Server {
  provider: ProviderName;
  address: string;
  apiKey: string;
}

/** What the steps ask of their window. */
export interface SetUpWith {
  /** What a server says when it is asked for its models: a true request. */
  look: (server: Server, signal: AbortSignal) => Promise<FoundSource>;
  /** The key that is stored for a server; empty where there is none. */
  storedKey: (server: Pick<Server, 'provider' | 'address'>) => Promise<string>;
}

const STEPS = 3;
const NO_ANSWER = 'Nobody answers there.';

/**
 * A server and its model in three steps at most: the address, which must answer; the key, where the server wants one,
 * which it must take; the model, from what it lists. Each can be gone back from, and leaving keeps nothing.
 */
export async function setUpServer(
  provider: ProviderName,
  first: { address: string; asksKey: boolean },
  deps: SetUpWith,
): Promise<SetUp | undefined> {
  let { address } = first;
  let key: string | undefined;
  let source: FoundSource | undefined;
  let at: 'address' | 'key' | 'model' = first.asksKey ? 'key' : 'address';
  let asked: 'address' | 'key' = 'key';
  let hasKey: boolean;
  for (;;) {
    switch (at) {
      case 'address': {
        const step = await askAddress(provider, address, deps);
        if (step.kind !== 'done') return undefined;
        ({ source, hasKey } = step.value);
        address = source.address;
        key = undefined;
        // A list is no proof: some servers show it to everybody.
        const wantsKey = source.trouble === 'key' || (!hasKey && takesKey(provider, address) && !isHere(address));
        [at, asked] = wantsKey ? ['key', 'key'] : ['model', 'address'];
        break;
      }
      case 'key': {
        const step = await askKey(
          { provider, address },
          { canGoBack: true, isNeeded: source?.trouble !== undefined },
          deps,
        );
        if (step.kind === 'left') return undefined;
        at = step.kind === 'back' ? 'address' : 'model';
        if (step.kind === 'done') [key, source] = [step.value.key || undefined, step.value.source];
        break;
      }
      case 'model': {
        if (!source) return undefined;
        const step = await modelStep(
          { title: `Oversign: Model of ${address}`, step: STEPS, of: STEPS, canGoBack: true },
          source,
        );
        if (step.kind === 'left') return undefined;
        if (step.kind === 'done') return { provider, address, name: step.value, key };
        at = asked;
        break;
      }
    }
  }
}

interface Answered {
  source: FoundSource;
  /** It was asked with a key that is stored for it. */
  hasKey: boolean;
}

function askAddress(provider: ProviderName, address: string, { look, storedKey }: SetUpWith): Promise<Step<Answered>> {
  const usual = PROVIDERS[provider].server?.usual ?? '';
  return typedStep({
    title: `Oversign: Server of ${PROVIDERS[provider].label}`,
    ...{ step: 1, of: STEPS, canGoBack: false, isSecret: false },
    prompt: 'Prompts and tool results go to this address. Enter asks it for its models.',
    value: address === '' ? usual : address,
    placeholder: usual,
    check: async (typed, signal) => {
      const wanted = typed === '' ? usual : typed.replace(/\/+$/, '');
      const apiKey = await storedKey({ provider, address: wanted });
      const source = await look({ provider, address: wanted, apiKey }, signal);
      const isClosed = source.trouble === 'key' && !takesKey(provider, wanted);
      if (source.trouble === 'unreachable' || isClosed) return { ok: false, problem: source.problem ?? NO_ANSWER };
      return { ok: true, value: { source, hasKey: apiKey !== '' } };
    },
  });
}

/** Asks for a server's key, and asks the server whether it takes it. */
export async function askKey(
  { provider, address }: Pick<Server, 'provider' | 'address'>,
  { canGoBack, isNeeded }: { canGoBack: boolean; isNeeded: boolean },
  { look, storedKey }: SetUpWith,
): Promise<Step<{ key: string; source: FoundSource }>> {
  const before = (await storedKey({ provider, address })) === '' ? '' : 'A key is set; this one takes its place. ';
  return typedStep({
    title: `Oversign: Set API Key for ${address}`,
    ...{ step: 2, of: STEPS, canGoBack, isSecret: true, value: '' },
    prompt: `${before}Kept in the editor’s secret storage, sent only to ${address}. Enter tests it there${isNeeded ? '' : '; empty: go on without'}.`,
    check: async (key, signal) => {
      if (/\s/.test(key)) return { ok: false, problem: 'A key has no spaces.' };
      if (key === '' && isNeeded) return { ok: false, problem: `${address} wants a key.` };
      const source = await look({ provider, address, apiKey: key }, signal);
      if (source.trouble === 'key') return { ok: false, problem: `${address} does not take this key.` };
      if (source.trouble === 'unreachable')
        return { ok: false, problem: `The key could not be tested. ${source.problem ?? NO_ANSWER}` };
      return { ok: true, value: { key, source } };
    },
  });
}

/** Whether a provider's server may want a key. */
function takesKey(provider: ProviderName, address: string): boolean {
  return keyPlace({ provider, baseUrl: address }) !== undefined;
}

/** Whether an address is of this machine, where servers want no key as a rule. */
function isHere(address: string): boolean {
  return /^https?:\/\/(localhost|127(\.\d+){3}|\[::1\])(:\d+)?(\/|$)/i.test(address);
}
