import type { UsageView } from '../../shared/runView.ts';
import type { Reply } from '../models/collect.ts';
import type { Model, Usage } from '../models/port.ts';
import type { Price } from '../policy/keys/budgetKeys.ts';
import { ContextMeter } from './contextMeter.ts';
import { costOf } from './price.ts';

/** Tokens, and what they cost. */
export interface Spent {
  tokens: number;
  cost: number;
}

/** What came of a reply that was broken off. */
export interface Heard {
  isAny: boolean;
  characters: number;
  usage?: Usage;
}

const MILLIONTHS = 1_000_000;

/** What a run has used of its model: tokens of every request, as the provider counts them, or else estimated. */
export class RunUsage {
  readonly context: ContextMeter;
  /** By the policy in force; undefined where it has no price for this model. */
  price: Price | undefined;
  /** A request waits for its answer; stays so where it was broken off. */
  isAsking = false;
  readonly #run: Spent;
  /** Since it began, or was let go on. */
  #piece: Spent = { tokens: 0, cost: 0 };
  #mayGoOver = false;
  /** Tokens of this piece of work when its limits were looked at last. */
  #lookedAt = 0;
  #last: Spent = { tokens: 0, cost: 0 };
  /** Tokens of what was sent last. */
  #fill = 0;

  /** `before`: what the run had used already. */
  constructor(model: Model, before: Spent = { tokens: 0, cost: 0 }) {
    this.context = new ContextMeter(model);
    this.#run = { ...before };
  }

  /** Since it began, or was let go on. */
  get spent(): Spent {
    return this.#piece;
  }

  beginPiece(): void {
    this.#piece = { tokens: 0, cost: 0 };
    this.#mayGoOver = false;
    this.#lookedAt = 0;
  }

  /** Whether nothing was used since the limits were looked at. */
  get isLookedAt(): boolean {
    return this.#lookedAt === this.#piece.tokens;
  }

  lookedAt(): void {
    this.#lookedAt = this.#piece.tokens;
  }

  /** A person lets it go on over its limit: at least for one request, however little is allowed. */
  allowMore(): void {
    this.beginPiece();
    this.#mayGoOver = true;
  }

  /** Whether the next request may go over, once. */
  takeLeave(): boolean {
    const may = this.#mayGoOver;
    this.#mayGoOver = false;
    return may;
  }

  /** What a request of so many characters would take, its answer left aside. */
  estimate(characters: number): Spent {
    const input = this.context.tokensOf(characters);
    return { tokens: input, cost: this.#cost({ input, output: 0 }) };
  }

  /** A request of so many characters was answered. */
  replied(characters: number, { usage, text, calls }: Reply): void {
    const said = calls.reduce((sum, call) => sum + call.arguments.length, text.length);
    this.#add(this.#used({ characters, said, usage }));
    if (usage !== undefined) this.context.counted(characters, usage.input);
    this.#fill = this.context.tokensOf(characters);
  }

  /** A request was answered in part: what it took is estimated, where it was not counted. */
  brokenOff(characters: number, { characters: said, usage }: Heard): void {
    this.#add(this.#used({ characters, said, usage }));
  }

  /** What a provider counted, where it can be so; what is too little to be true is estimated. */
  #used({ characters, said, usage }: { characters: number; said: number; usage: Usage | undefined }): Usage {
    const { context } = this;
    const isCounted = context.canBe(characters, usage?.input);
    return {
      input: isCounted && usage ? usage.input : context.tokensOf(characters),
      output: context.canBe(said, usage?.output) && usage ? usage.output : context.tokensIn(said),
      cached: isCounted ? usage?.cached : undefined,
    };
  }

  /** What the last request took, as it is recorded. */
  get lastCost(): { cost?: number } {
    return this.price === undefined ? {} : { cost: Math.round(this.#last.cost * MILLIONTHS) };
  }

  /** The same, for a request without a reply of its own. */
  get lastUsed(): { usedTokens?: number; cost?: number } {
    return this.#last.tokens === 0 ? {} : { usedTokens: this.#last.tokens, ...this.lastCost };
  }

  /** What comes next is another request. */
  beginRequest(): void {
    this.#last = { tokens: 0, cost: 0 };
    this.isAsking = true;
  }

  view(): UsageView {
    const { tokens, cost } = this.#run;
    return {
      tokens,
      ...((this.price !== undefined || cost > 0) && { cost }),
      context: { tokens: this.#fill, limit: this.context.limit },
    };
  }

  #add(used: Usage): void {
    this.#last = { tokens: used.input + used.output, cost: this.#cost(used) };
    for (const spent of [this.#run, this.#piece]) {
      spent.tokens += this.#last.tokens;
      spent.cost += this.#last.cost;
    }
  }

  #cost(used: Usage): number {
    return this.price === undefined ? 0 : costOf(this.price, used);
  }
}
