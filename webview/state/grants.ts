import type { Answer, Approval, Until } from '../../src/shared/approval.ts';
import { count } from './sentences.ts';

/** What a person has picked beside *Approve and remember*; empty until they do. */
export interface GrantPick {
  readonly offer?: string;
  readonly until?: string;
}

export interface GrantChoice {
  readonly grant: NonNullable<Answer['grant']>;
  /** What is covered, and for how long. */
  readonly words: string;
}

const MINUTES = [10, 60] as const;
const USES = [5, 20] as const;

/** How long an approval can be remembered, none longer than the policy allows. */
export function untilChoices({ minutes, uses }: Approval['grantLimits']): Until[] {
  return [
    { kind: 'run' },
    ...MINUTES.filter((some) => some <= minutes).map((some): Until => ({ kind: 'minutes', minutes: some })),
    ...USES.filter((some) => some <= uses).map((some): Until => ({ kind: 'uses', uses: some })),
  ];
}

/** "this run", "10 minutes", "5 more times": also the value of its option. */
export function untilLabel(until: Until): string {
  switch (until.kind) {
    case 'run':
      return 'this run';
    case 'minutes':
      return count(until.minutes, 'minute');
    case 'uses':
      return count(until.uses, 'more time');
  }
}

/** What would be remembered now. What was picked and is not offered any more counts as not picked. */
export function grantChoice({ grantOffers, grantLimits }: Approval, pick: GrantPick): GrantChoice | undefined {
  const offer = grantOffers.find(({ id }) => id === pick.offer) ?? grantOffers[0];
  if (offer === undefined) return undefined;
  const until = untilChoices(grantLimits).find((one) => untilLabel(one) === pick.until) ?? { kind: 'run' };
  return { grant: { offer: offer.id, until }, words: rememberWords(offer.words, until) };
}

/** "exactly this command in ./, for this run". */
export function rememberWords(words: string, until: Until): string {
  return until.kind === 'uses' ? `${words}, ${untilLabel(until)}` : `${words}, for ${untilLabel(until)}`;
}

export function usedWords(uses: number): string {
  if (uses === 0) return 'not used yet';
  return uses === 1 ? 'used once' : `used ${String(uses)} times`;
}
