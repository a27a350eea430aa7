import { Failure } from '../core/outcome.ts';
import { heldWords, stateWords } from '../core/presence/elsewhere.ts';
import { whenWords } from './earlierLines.ts';
import type { RunningRun } from '../core/audit/port.ts';
import type { Engine } from '../core/engine/engine.ts';
import type { PanelState } from '../shared/runView.ts';

/** Runs that are at work in other windows and terminals, as they were found last. */
export class Elsewhere {
  readonly #engine: Engine;
  readonly #roots: readonly string[];
  #runs: RunningRun[] = [];

  constructor(engine: Engine, roots: readonly string[]) {
    this.#engine = engine;
    this.#roots = roots;
  }

  /** All of the account. */
  get runs(): readonly RunningRun[] {
    return this.#runs;
  }

  /** Whether it is another list than before. */
  async refresh(): Promise<boolean> {
    const before = JSON.stringify(this.#runs);
    this.#runs = await this.#engine.elsewhere();
    return before !== JSON.stringify(this.#runs);
  }

  /** Where one is, and what it does. */
  words(run: RunningRun): string {
    return stateWords(run, whenWords);
  }

  canShow({ folder }: RunningRun): boolean {
    return folder === this.#roots[0];
  }

  /**
   * Throws where a run of another window or terminal works in these folders, so that what was typed for a new one stays
   * in its box. The last word is the engine's: a run may begin there meanwhile.
   */
  async refuseBeside(): Promise<void> {
    await this.refresh();
    const [other] = this.#inTheWay();
    if (!other) return;
    throw new Failure(heldWords({ ok: false, folder: other.folder, holder: { ...other, isHere: false } }, whenWords));
  }

  /** Those that keep this window from working, for its panel. */
  panel(): Pick<PanelState, 'elsewhere'> {
    const inTheWay = this.#inTheWay();
    if (inTheWay.length === 0) return {};
    return {
      elsewhere: inTheWay.map((one) => ({
        run: one.run,
        task: one.task,
        words: `It is ${this.words(one)}.`,
        canShow: this.canShow(one),
      })),
    };
  }

  #inTheWay(): RunningRun[] {
    return this.#runs.filter(({ folders }) => folders.some((folder) => this.#roots.includes(folder)));
  }
}
