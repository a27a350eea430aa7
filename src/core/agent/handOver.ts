import type { AnsweredBy } from '../../shared/answered.ts';
import { contentWords } from '../audit/contentWords.ts';
import type { Message, ModelLabel } from '../models/port.ts';
import { Refusal } from '../outcome.ts';
import type { EventOf } from './earlier.ts';

const MOST_NAMED = 10;

/** A model, and where prompts go. */
export type GoesTo = Pick<ModelLabel, 'label' | 'destination'>;

/** Somebody agreed that a conversation goes on there, and nowhere else. */
export interface Agreed extends GoesTo {
  from: AnsweredBy;
}

/** What is known of a conversation that would go on with another model, or elsewhere. */
export interface Conveyed {
  /** Undefined where nobody knows any more. */
  before: GoesTo | undefined;
  /** Of which files content is in it; as in the log. */
  contentOf: readonly string[];
  folder: string;
}

/** A run would go on with another model than it was with, or elsewhere, and nobody has agreed to exactly that. */
export class GoesElsewhere extends Refusal {
  override name = 'GoesElsewhere';
  readonly to: GoesTo;

  constructor({ before, contentOf, folder }: Conveyed, { label, destination }: GoesTo) {
    const was =
      before === undefined ? 'Which model this run was with is not known.' : `This run was with ${before.label}.`;
    super(
      `${was} To go on with ${label} is to send it all that was said here${filesWords(contentOf, folder)}. ${destination}`,
    );
    this.to = { label, destination };
  }
}

export function isSameModel(before: GoesTo | undefined, model: GoesTo): boolean {
  return before?.label === model.label && before.destination === model.destination;
}

/** Whoever agreed: where nobody is there, nobody did. */
export type AgreedBy = AnsweredBy & { by: 'person' | 'input' };

/** Who agreed to exactly this; throws what somebody would have to agree to. */
export function agreedTo(agreed: Agreed | undefined, conveyed: Conveyed, model: GoesTo): AgreedBy {
  const by = agreed?.from.by;
  if (!agreed || !isSameModel(agreed, model) || by === undefined || by === 'nobody')
    throw new GoesElsewhere(conveyed, model);
  return { ...agreed.from, by };
}

/** How many parts of a conversation no other model than the one that they are from is sent; `from`: whose this one takes. */
export function partsLeftOut(messages: readonly Message[], from: string | undefined): number {
  return messages
    .flatMap((message) =>
      message.role === 'assistant' ? [message.kept, ...message.calls.map(({ kept }) => kept)] : [],
    )
    .filter((kept) => kept !== undefined && kept.from !== from).length;
}

/** The record of it; `left`: how many parts of replies are left out. */
export function handedOver(
  model: GoesTo,
  { before, by: { by, at, place }, left }: { before: GoesTo | undefined; by: AgreedBy; left: number },
): EventOf<'handed_over'> {
  return {
    data: {
      ...{ by, at, ...(place !== undefined && { place }) },
      ...{ model: model.label, ...(before && { before: before.label }), leftOut: left },
    },
    payload: { destination: model.destination, ...(before && { destinationBefore: before.destination }) },
  };
}

/** What a person should know of a conversation that was handed over. */
export function handedOverWords({ label, destination }: GoesTo, left: number): string {
  const parts = left === 1 ? '1 part of a reply' : `${left} parts of replies`;
  const without =
    left === 0 ? '' : ` ${parts} that only the model before can read ${left === 1 ? 'is' : 'are'} left out.`;
  return `From here on with ${label}. ${destination}${without}`;
}

function filesWords(contentOf: readonly string[], folder: string): string {
  if (contentOf.length === 0) return '';
  const named = contentOf.slice(0, MOST_NAMED).map((entry) => contentWords(entry, folder));
  const left = contentOf.length - named.length;
  return `, with content of ${named.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}
