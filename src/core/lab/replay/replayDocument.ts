import { code, wordsOrCode } from '../../audit/markdown.ts';
import { originLink } from '../../audit/placeLink.ts';
import type { FoundDifference, LogReplay } from './replayLog.ts';
import { baseWords, countWords, DIFFERENCE_WORDS, ruleText } from './replayWords.ts';
import type { Difference } from './tally.ts';

/** So many differences of a kind are named; the others are counted. */
export const MOST_NAMED = 200;

const ORDER: readonly Difference[] = ['stopped', 'denied', 'asked', 'asked instead of denied', 'allowed'];

/** A replay as a document: the counts, each difference with a link to its rule, and what it says of the policy. */
export function replayDocument(replay: LogReplay, found: readonly FoundDifference[], against: string): string {
  const { suggestions, dead, unusedGrants } = replay.findings();
  return [
    `# ${countWords(replay.tally.counts)}`,
    '',
    `Against ${code(against)}. Nothing was done, asked or written.`,
    '',
    ...baseWords(replay.tally).map((line) => `- ${line}`),
    '',
    ...ORDER.flatMap((difference) => section(difference, found)),
    ...part(
      'What would spare questions',
      suggestions.map(
        ({ rule, spares, of }) => `- ${code(ruleText(rule))}: ${spares} of ${of}, and nothing that was denied`,
      ),
    ),
    ...part(
      'Rules that spoke of nothing',
      dead.map(({ origin, decision, speaksOf }) => `- ${code(`${decision} ${speaksOf}`)}, ${originLink(origin)}`),
    ),
    ...part(
      'Remembered approvals that never covered anything',
      unusedGrants.map(({ words, times }) => `- ${wordsOrCode(words)}${times > 1 ? ` (${times} times)` : ''}`),
    ),
  ].join('\n');
}

function section(difference: Difference, found: readonly FoundDifference[]): string[] {
  const all = found.filter((one) => one.difference === difference);
  const lines = all.slice(0, MOST_NAMED).map(({ replayed: { past, now } }) => {
    const by = now ? `${code(now.rule)}, ${originLink(now.origin)}` : '';
    return `- ${code(past.title === '' ? past.tool : past.title)}: then ${code(past.was.rule)}; now ${by}`;
  });
  const left = all.length - lines.length;
  const words = DIFFERENCE_WORDS[difference];
  const title = `${words.charAt(0).toUpperCase()}${words.slice(1)} (${all.length})`;
  return part(title, left > 0 ? [...lines, `- and ${left} more`] : lines);
}

function part(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', ...lines, ''];
}
