import { amountOf, lossWords, type Piece, type Words } from '../../../shared/block.ts';
import { counted } from '../../../shared/named.ts';
import type { CommandFacts } from './commandCard.ts';

type Facts = Pick<
  CommandFacts,
  'outside' | 'losses' | 'lossesLeft' | 'lossTotal' | 'unknownLosses' | 'unknownLossesLeft'
>;

/** What could be lost by a command, in one sentence: the card's blocks say it of each file. Undefined where nothing is known. */
export function consequenceOf(facts: Facts): Words | undefined {
  const { outside, losses, lossesLeft, lossTotal } = facts;
  if (outside) return ['Runs without a sandbox: it can do whatever you can.'];
  const [first, ...others] = losses;
  if (!first) return unknownWords(facts);
  const open = facts.unknownLosses.length > 0 ? '; and more, nobody knows which.' : '.';
  if (others.length === 0 && lossesLeft === 0)
    return [
      'Takes away ',
      { exact: first.path },
      ': ',
      { amount: amountOf(first.loss) },
      `${lossWords(first.loss)}${open}`,
    ];
  const all = { files: 0, bytes: 0, more: false };
  for (const { loss } of losses) {
    all.files += loss.files;
    all.bytes += loss.bytes;
    all.more ||= loss.more;
  }
  const outOfGit = losses.filter(({ loss }) => loss.tracked !== 'tracked' || loss.uncommitted).length;
  const held = outOfGit === 0 ? '' : `, ${counted(outOfGit, 'place')} of them not all in git`;
  const amount: Piece = { amount: amountOf(lossTotal ?? all) };
  return ['Takes away ', { exact: first.path }, ` and ${others.length + lossesLeft} more: `, amount, `${held}${open}`];
}

function unknownWords({ unknownLosses: [first, ...others], unknownLossesLeft }: Facts): Words | undefined {
  if (!first) return undefined;
  const more = others.length + unknownLossesLeft;
  const places = more === 0 ? '' : ` and in ${counted(more, 'more place', 'more places')}`;
  return ['Takes away files below ', { exact: first.below }, `${places}: nobody knows which.`];
}
