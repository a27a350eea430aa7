import { originText, type Origin } from '../../../shared/decision.ts';
import { counted, named } from '../../../shared/named.ts';
import { leftWords } from './left.ts';
import type { Findings, FoundDifference } from './replayLog.ts';
import type { Suggestion } from './suggestions.ts';
import type { Counts, Difference, Tally } from './tally.ts';

/** "Would have asked 3 times instead of 41, and stopped 1 action that was done." */
export function countWords({ decisions, asked, stopped, looser, denied }: Counts): string {
  if (decisions === 0) return 'Nothing could be replayed.';
  const times = (count: number): string => (count === 0 ? 'never' : counted(count, 'time'));
  const asks =
    asked.now === asked.then ? `${times(asked.now)}, as then` : `${times(asked.now)} instead of ${asked.then}`;
  const parts = [
    `Would have asked ${asks}`,
    ...(stopped > 0
      ? [`stopped ${counted(stopped, 'action')} that was done`.replace(/s that was/, 's that were')]
      : []),
    ...(looser > 0 ? [`decided ${counted(looser, 'call')} more loosely`] : []),
    ...(denied.now !== denied.then ? [`denied ${denied.now} instead of ${denied.then}`] : []),
  ];
  const last = parts.length > 1 ? parts.pop() : undefined;
  return `${parts.join(', ')}${last === undefined ? '' : ` and ${last}`}.`;
}

/** Over what that was counted, what could not be, and what is only as it is recorded. */
export function baseWords({ counts, left }: Pick<Tally, 'counts' | 'left'>): string[] {
  const { decisions, runs, otherScripts } = counts;
  const out = leftWords(left);
  return [
    `${counted(decisions, 'decision')} of ${counted(runs, 'run')} taken anew, as recorded; what the model or you would have done otherwise is not supposed.`,
    ...(out === undefined ? [] : [out]),
    ...(otherScripts > 0
      ? [
          `${counted(otherScripts, 'command')} of them name scripts that have changed since: decided as they were recorded.`,
        ]
      : []),
  ];
}

export const DIFFERENCE_WORDS: Record<Difference, string> = {
  stopped: 'would be stopped',
  denied: 'would be denied',
  asked: 'would be asked',
  'asked instead of denied': 'would be asked, was denied',
  allowed: 'would be allowed',
};

/** "was allowed by grant; deny by rules: deny rm ** (user policy, /…/policy.yaml:3:5)". */
export function differenceLine({ replayed, difference }: FoundDifference, place = originText): string {
  const { past, now } = replayed;
  const said = { allow: 'allowed', ask: 'asked', deny: 'denied' }[past.was.verdict];
  const what = past.title === '' ? past.tool : past.title;
  const by = now ? `by ${named(now.rule)}, ${place(now.origin)}` : '';
  return `${DIFFERENCE_WORDS[difference]}: ${what}: ${said} then by ${named(past.was.rule)}; now ${by}`;
}

/** A rule as a line of a policy file. */
export function ruleText(rule: Suggestion['rule']): string {
  if ('allowed_domains' in rule) return `allowed_domains: ${JSON.stringify(rule.allowed_domains)}`;
  const keys = Object.entries(rule).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `{${keys.join(', ')}}`;
}

/** What the replay says of the policy itself, a sentence each. */
export function findingLines(
  { suggestions, dead, unusedGrants }: Findings,
  place: (origin: Origin) => string = originText,
): string[] {
  return [
    ...suggestions.map(
      ({ rule, spares, of }) =>
        `This rule would have spared ${spares} of ${counted(of, 'question')} and covers nothing that was denied: ${ruleText(rule)}`,
    ),
    ...dead.map(
      ({ origin, decision, speaksOf }) =>
        `This rule spoke of nothing: ${decision} ${named(speaksOf)}, ${place(origin)}`,
    ),
    ...unusedGrants.map(
      ({ words, times }) =>
        `You remembered an approval that never covered anything (${counted(times, 'time')}): ${words}`,
    ),
  ];
}
