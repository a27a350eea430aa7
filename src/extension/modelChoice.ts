import * as vscode from 'vscode';
import type { Model } from '../core/models/port.ts';
import { Failure } from '../core/outcome.ts';
import type { PanelState } from '../shared/runView.ts';
import { PROVIDERS } from '../shared/providers.ts';
import { keyPlace, waitsOf } from '../shared/settings.ts';
import { plain } from '../vscode/messages.ts';
import { askKey, setUpServer, type SetUpWith } from './modelSetup.ts';
import type { FoundSource } from '../shared/foundModels.ts';
import { pickModel } from '../vscode/modelPicker.ts';
import {
  apiKey,
  keepKey,
  keyPlaceNow,
  knownServers,
  modelSettings,
  setModel,
  wayOut,
  wrongModelSettings,
} from '../vscode/settings.ts';
import type { Session } from './session.ts';

/** How any of it is mended. */
const MEND = 'Open your settings, or choose a model.';

/** Which model the settings choose: for the next work, and as the panel shows it. */
export class ModelChoice {
  readonly #secrets: vscode.SecretStorage;
  #shown: PanelState['model'];

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
    this.#shown = { provider: modelSettings().provider, label: '', destination: '' };
  }

  /** As it stood at the last look. */
  get shown(): PanelState['model'] {
    return this.#shown;
  }

  /** The settings may say something else, and nobody looks at the model yet. */
  chosenAnew(): void {
    this.#shown = { provider: modelSettings().provider, label: '', destination: '' };
  }

  /** Throws what keeps it from being asked. */
  async model(session: Session): Promise<Model> {
    const [wrong] = wrongModelSettings();
    if (wrong) throw new Failure(`${wrong.words} ${MEND}`);
    const found = await session.model(await this.#settings());
    if (!found.ok) throw new Failure(found.problem);
    return found.model;
  }

  /** Looks at it anew; shown only where that is still `wanted`: an older, slower look must not say where prompts went before. */
  async look(session: Session, wanted: () => boolean): Promise<void> {
    const settings = await this.#settings();
    const { provider, name } = settings;
    const [wrong] = wrongModelSettings();
    // What is not meant is not asked instead: an unknown provider is none, not the first of the list.
    if (wrong) {
      const label = wrong.name === 'oversign.model.provider' ? 'no provider' : name === '' ? provider : name;
      if (wanted()) this.#shown = { provider, label, destination: '', problem: `${wrong.words} ${MEND}` };
      return;
    }
    const found = await session.model(settings);
    if (!wanted()) return;
    this.#shown = found.ok
      ? {
          ...{ provider, label: found.model.label, destination: found.model.destination },
          takesImages: found.model.takesImages === true,
        }
      : { provider, label: name === '' ? provider : name, destination: '', problem: found.problem };
  }

  /** Lets the person choose among all that there is, and writes it down. A session that does not open finds nothing. */
  async choose(opening: Promise<Session>): Promise<void> {
    const picked = await pickModel((signal) => this.#found(opening, signal));
    if (!picked) return;
    const { provider } = picked;
    if (picked.kind === 'model') return setModel(picked);
    if (!PROVIDERS[provider].server) return setModel({ provider });
    const now = modelSettings();
    const address = picked.address ?? (now.provider === provider ? now.baseUrl : '');
    const first = { address, asksKey: picked.address !== undefined };
    const setUp = await setUpServer(provider, first, this.#setUpWith(opening));
    if (!setUp) return;
    const place = keyPlace({ provider, baseUrl: setUp.address });
    const takeBack = setUp.key !== undefined && place && (await keepKey(this.#secrets, place, setUp.key));
    try {
      await setModel({ provider, address: setUp.address, name: setUp.name });
    } catch (error) {
      if (takeBack) await takeBack();
      throw error;
    }
  }

  /** Asks for the key of the server that is set, tests it there, and keeps it. */
  async setKey(opening: Promise<Session>): Promise<void> {
    const place = keyPlaceNow();
    if (!place) return;
    const step = await askKey(place, { canGoBack: false, isNeeded: true }, this.#setUpWith(opening));
    if (step.kind !== 'done') return;
    await keepKey(this.#secrets, place, step.value.key);
    void vscode.window.showInformationMessage(plain(`Oversign: the API key is set. ${place.address} takes it.`));
  }

  #setUpWith(opening: Promise<Session>): SetUpWith {
    return {
      look: async ({ provider, address, apiKey: key }, signal) => {
        const session = await opening;
        const servers = [{ provider, baseUrl: address, apiKey: key }];
        for await (const source of session.findModels(servers, { wayOut: wayOut(modelSettings()), signal }))
          if (source.provider === provider) return source;
        throw new Failure(`${address} was not asked. Try again.`);
      },
      storedKey: async ({ provider, address }) => {
        const place = keyPlace({ provider, baseUrl: address });
        return (place && (await this.#secrets.get(place.secret))) ?? '';
      },
    };
  }

  async *#found(opening: Promise<Session>, signal: AbortSignal): AsyncIterable<FoundSource> {
    const session = await opening.catch(() => undefined); // why, the panel says
    if (!session) return;
    const servers = await knownServers(this.#secrets);
    yield* session.findModels(servers, { wayOut: wayOut(modelSettings()), signal });
  }

  async #settings(): Promise<Parameters<Session['model']>[0]> {
    const settings = modelSettings();
    const { provider, name, baseUrl } = settings;
    return {
      ...{ provider, name, baseUrl },
      apiKey: await apiKey(this.#secrets, settings),
      waits: waitsOf(settings),
      wayOut: wayOut(settings),
    };
  }
}
