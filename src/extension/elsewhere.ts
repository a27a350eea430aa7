import { stateWords } from '../core/presence/elsewhere.ts';
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

  /** Those that keep this window from working, for its panel. */
  panel(): Pick<PanelState, 'elsewhere'> {
    const inTheWay = this.#runs.filter(({ folders }) => folders.some((folder) => this.#roots.includes(folder)));
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
}
