import { visibleLine } from '../shared/visible.ts';
import type { Answer } from './answer.ts';
import { jsonObject } from './jsonObject.ts';
import type { ToolLine } from './toolCall.ts';

/** Compares decisions with those that a file of calls says they must be. */
export class Expected {
  readonly #json: boolean;
  #compared = 0;
  #different = 0;

  constructor(json: boolean) {
    this.#json = json;
  }

  /** What differs, in a line for people or programs; undefined where nothing does. */
  compare(answer: Answer, call: ToolLine | undefined): string | undefined {
    this.#compared += 1;
    const wanted = call?.expect;
    // A line that says nothing of what is expected has been forgotten, or is none: neither is a gate that held.
    const isSame =
      wanted !== undefined &&
      wanted.decision === answer.decision &&
      (wanted.rule === undefined || wanted.rule === answer.rule);
    if (isSame) return undefined;
    this.#different += 1;
    if (this.#json) return jsonObject('difference', { ...answer, expected: wanted ?? null });
    const { number, id, decision, rule, reason, file, line } = answer;
    const which = id === undefined ? `line ${number}` : `line ${number} (${JSON.stringify(id)})`;
    const should =
      wanted === undefined
        ? 'nothing is expected of it ("expect" says what)'
        : `expected ${wanted.decision}${wanted.rule === undefined ? '' : ` by ${wanted.rule}`}`;
    const where = file === undefined ? '' : `, ${file}${line === undefined ? '' : `:${line}`}`;
    return visibleLine(`${which}: ${should}, got ${decision} by ${rule}${where}: ${reason}`);
  }

  /** Says what it came to. Whether all was as expected; of no calls at all nothing can be said. */
  end(): boolean {
    const isMet = this.#compared > 0 && this.#different === 0;
    const counted = { met: isMet, compared: this.#compared, different: this.#different };
    process.stdout.write(`${this.#json ? jsonObject('expected', counted) : this.#words()}\n`);
    return isMet;
  }

  #words(): string {
    if (this.#compared === 0) return 'The file holds no calls: nothing was compared.';
    const all = this.#compared === 1 ? '1 decision' : `${this.#compared} decisions`;
    if (this.#different > 0)
      return `${this.#different} of ${all} ${this.#different === 1 ? 'differs' : 'differ'} from what is expected.`;
    return `${all} as expected.`;
  }
}
