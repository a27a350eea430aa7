import type { Answer, Approval } from '../../src/shared/approval.ts';
import type { Block, BlockOf, Words } from '../../src/shared/block.ts';
import { NO_FLAGS } from '../../src/shared/flow.ts';
import { unseenLines } from '../../src/shared/unseen.ts';

type Card = Approval['card'];

/** The blocks of one kind that a card has. */
export function blocksOf<Kind extends Block['kind']>(card: Card | undefined, kind: Kind): BlockOf<Kind>[] {
  return (card?.blocks ?? []).filter((block): block is BlockOf<Kind> => block.kind === kind);
}

/** The command on a card, if it is one of a command. */
export function commandOn(card: Card | undefined): string | undefined {
  return card?.kind === 'command' ? blocksOf(card, 'exact')[0]?.text : undefined;
}

/** The diff on a card; an empty one if there is none. */
export function diffOn(card: Card | undefined): string {
  return blocksOf(card, 'diff')[0]?.diff ?? '';
}

/** The strings that count to the letter in some words. */
export function exactIn(words: Words): string[] {
  return words.flatMap((piece) => (typeof piece === 'object' && 'exact' in piece ? [piece.exact] : []));
}

/** The value of a fact, as its pieces. */
export function factOn(card: Card, label: string): Words {
  const facts = blocksOf(card, 'facts').flatMap((block) => block.facts);
  return facts.find((fact) => fact.label === label)?.value ?? [];
}

/** The sentences of a card, as their pieces. */
export function sentencesOn(card: Card | undefined): Words[] {
  return blocksOf(card, 'sentence').map(({ words }) => words);
}

/** A question whose card has these blocks. */
export function approvalOf(blocks: Block[]): Approval {
  return {
    ...{ id: 'a1', run: 'r1', action: 'x1', tool: 't', title: 'Title', digest: 'd1', undo: 'No undo.' },
    ...{ undoState: 'none', where: [], why: 'Because.' },
    card: { kind: 'any', blocks },
    decision: { verdict: 'ask', rule: 'ask', reason: 'Because.', origin: { layer: 'built-in' } },
    ...{ grantOffers: [], grantLimits: { minutes: 60, uses: 20 }, flags: NO_FLAGS, lights: [] },
  };
}

/** Approves, and what the card does not show by its count. */
export function approving({ card }: Approval): Answer {
  const unseen = unseenLines(card.blocks);
  return { choice: 'approve', ...(unseen > 0 && { unseen }) };
}
