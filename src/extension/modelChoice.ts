import type * as vscode from 'vscode';
import type { Model } from '../core/models/port.ts';
import { Failure } from '../core/outcome.ts';
import type { PanelState } from '../shared/runView.ts';
import { apiKey, modelSettings } from '../vscode/settings.ts';
import type { Session } from './session.ts';

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
    const found = await session.model(await this.#settings());
    if (!found.ok) throw new Failure(found.problem);
    return found.model;
  }

  /** Looks at it anew; shown only where that is still `wanted`: an older, slower look must not say where prompts went before. */
  async look(session: Session, wanted: () => boolean): Promise<void> {
    const settings = await this.#settings();
    const found = await session.model(settings);
    if (!wanted()) return;
    const { provider, name } = settings;
    this.#shown = found.ok
      ? { provider, label: found.model.label, destination: found.model.destination }
      : { provider, label: name === '' ? provider : name, destination: '', problem: found.problem };
  }

  async #settings(): Promise<Parameters<Session['model']>[0]> {
    const settings = modelSettings();
    return { ...settings, apiKey: await apiKey(this.#secrets, settings) };
  }
}
