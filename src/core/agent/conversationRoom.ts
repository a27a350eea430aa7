import type { Message } from '../models/port.ts';
import { charactersOfAll } from './size.ts';

/** Several times what any model reads at once. It is sent whole with every turn. */
const MOST_CHARACTERS = 16_000_000;

/** Why a conversation is not gone on with: it has grown beyond all measure. Undefined where it may grow. */
export function conversationFull(messages: readonly Message[], most = MOST_CHARACTERS): string | undefined {
  const characters = charactersOfAll(messages);
  return characters <= most
    ? undefined
    : `The conversation of this run has ${characters} characters, more than the ${most} that a run may have. Start a new run.`;
}
