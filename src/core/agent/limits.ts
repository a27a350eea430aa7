import { originText } from '../../shared/decision.ts';
import type { LimitKind } from '../../shared/limitQuestion.ts';
import { Refusal } from '../outcome.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import { offeredTools, type Offering } from './offeredTools.ts';
import { priceOf } from './price.ts';
import { charactersOfRequest } from './size.ts';
import type { Talk } from './talk.ts';

/** A limit that was reached, in words: which one, and what the run may use before it comes there again. */
export interface Limit {
  kind: LimitKind;
  words: string;
  more: string;
}

/** The limit that keeps the run from another turn; undefined where none does. */
export function limitReached(talk: Talk, now: Offering): Limit | undefined {
  const { policy } = now;
  const { budget, usage, model } = talk;
  usage.price = priceOf(policy.budget.prices.value, model.label);
  assertPriced(talk, policy);
  if (budget.turns >= budget.mostTurns)
    return {
      kind: 'turns',
      words: `It took ${turnsWords(budget.turns)}, the limit of your policy (max_iterations).`,
      more: turnsWords(budget.turnsAtOnce),
    };
  if (usage.takeLeave()) return undefined;
  return spentUp(talk, policy, sizeOfNext(talk, now));
}

/** The same within a turn, before another request of so many characters: where anything was used since it was looked. */
export function spentSince(talk: Talk, policy: EffectivePolicy, characters: number): Limit | undefined {
  const { usage, model } = talk;
  usage.price = priceOf(policy.budget.prices.value, model.label);
  return usage.isLookedAt ? undefined : spentUp(talk, policy, characters);
}

/** Two more requests have to fit: the next one, and the words with which the run would end. */
function spentUp(talk: Talk, policy: EffectivePolicy, characters: number): Limit | undefined {
  const { usage } = talk;
  usage.lookedAt();
  const { tokens, money } = policy.budget;
  const { spent } = usage;
  if (tokens.value === null && money.value === null) return undefined;
  const next = usage.estimate(characters);
  if (tokens.value !== null && spent.tokens + 2 * next.tokens > tokens.value)
    return {
      kind: 'tokens',
      words: `It used ${number(spent.tokens)} tokens, and the next turn reads about ${number(next.tokens)}: your policy has a limit of ${number(tokens.value)} (budget.tokens).`,
      more: `${number(tokens.value)} tokens`,
    };
  if (money.value !== null && spent.cost + 2 * next.cost > money.value)
    return {
      kind: 'money',
      words: `It cost ${moneyWords(spent.cost)}, and the next turn costs about ${moneyWords(next.cost)}: your policy has a limit of ${moneyWords(money.value)} (budget.money).`,
      more: moneyWords(money.value),
    };
  return undefined;
}

/** What nobody can count has no limit: such a run does not go on. */
function assertPriced({ usage, model }: Talk, { budget }: EffectivePolicy): void {
  if (budget.money.value === null || usage.price !== undefined || model.isScripted) return;
  throw new Refusal(
    `Your policy limits what a run costs (budget.money, ${originText(budget.money.origin)}), and has no price for ${model.label}. Add one under budget.prices.`,
  );
}

function sizeOfNext({ conversation, calls }: Talk, now: Offering): number {
  return charactersOfRequest({
    messages: conversation.messages,
    tools: offeredTools(calls.toolbox, now),
  });
}

export function timeIsUp(seconds: number): Limit {
  return {
    kind: 'time',
    words: `It worked for ${seconds} s, the limit of your policy (timeout).`,
    more: `${seconds} s`,
  };
}

export const GOES_ROUND: Limit = {
  kind: 'repetition',
  words: 'The model makes the same calls with the same results again and again, although it was told.',
  more: 'until it does so again',
};

function turnsWords(turns: number): string {
  return turns === 1 ? '1 turn' : `${turns} turns`;
}

/** Thousands apart, the same in every language. */
function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

function moneyWords(value: number): string {
  return value.toFixed(value < 0.1 ? 4 : 2);
}
