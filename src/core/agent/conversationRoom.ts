import type { Message } from '../models/port.ts';

/** Several times what any model reads at once. It is stored whole after every call, and sent whole with every turn. */
const MOST_CHARACTERS = 16_000_000;

/** Why a conversation is not gone on with: it has grown beyond all measure. Undefined where it may grow. */
export function conversationFull(messages: readonly Message[], most = MOST_CHARACTERS): string | undefined {
  const characters = messages.reduce((sum, message) => sum + lengthOf(message), 0);
  return characters <= most
    ? undefined
    : `The conversation of this run has ${characters} characters, more than the ${most} that a run may have. Start a new run.`;
}

function lengthOf(message: Message): number {
  const calls = message.role === 'assistant' ? message.calls : [];
  return calls.reduce(
    (sum, call) => sum + call.id.length + call.name.length + call.arguments.length,
    message.text.length,
  );
}
