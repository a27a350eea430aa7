import { cutVisibly } from '../../shared/cut.ts';
import type { Message } from '../models/port.ts';

/** Several times what any model reads at once. It is sent whole with every turn. */
const MOST_CHARACTERS = 16_000_000;

/** More than most models read at once: then the oldest results are left out, until there is room for a while. */
const MADE_ROOM = { from: 4_000_000, downTo: 2_500_000 };
/** The last results stay whole, whatever their length; shorter ones are not worth it. */
const KEPT_RESULTS = 10;
const SHORT = 600;

/**
 * The conversation with what its oldest calls returned left out, where it has grown long; each says so, and begins and
 * ends as it did. `undefined` where there is room.
 */
export function withRoom(
  messages: readonly Message[],
  { from, downTo } = MADE_ROOM,
): { messages: Message[]; leftOut: number } | undefined {
  let length = messages.reduce((sum, message) => sum + lengthOf(message), 0);
  if (length <= from) return undefined;
  const results = messages.filter(({ role, text }) => role === 'tool' && text.length > SHORT).slice(0, -KEPT_RESULTS);
  const shorter = new Map<Message, Message>();
  for (const message of results) {
    if (length <= downTo) break;
    const text = `[To make room, most of this result is left out here. Call again if you need it.]\n${cutVisibly(message.text, SHORT / 2)}`;
    shorter.set(message, { ...message, text });
    length -= message.text.length - text.length;
  }
  if (shorter.size === 0) return undefined;
  return { messages: messages.map((message) => shorter.get(message) ?? message), leftOut: shorter.size };
}

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
