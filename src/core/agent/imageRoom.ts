import type { Message } from '../models/port.ts';

/** So many results and messages keep their images: each is sent anew with every turn. */
const MOST_SHOWN = 6;

/** The conversation without the images of older results and messages; their texts say what they showed. */
export function withImageRoom(messages: readonly Message[]): Message[] {
  const showing = messages.filter(hasImages);
  const old: ReadonlySet<Message> = new Set(showing.slice(0, -MOST_SHOWN));
  return messages.map((message) => (old.has(message) ? withoutImages(message) : message));
}

export function withoutImages(message: Message): Message {
  if (!hasImages(message)) return message;
  const { images: _, ...rest } = message;
  const words =
    message.role === 'tool' ? 'It is shown no more: read it again to see it.' : 'The images are shown no more.';
  return { ...rest, text: `${rest.text} [${words}]` };
}

/** Whether images go with it. */
export function hasImages(message: Message): message is Extract<Message, { role: 'user' | 'tool' }> {
  return (message.role === 'tool' || message.role === 'user') && message.images !== undefined;
}
