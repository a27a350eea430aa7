import type { Image } from '../../core/models/images.ts';
import type { Message } from '../../core/models/port.ts';

/** Images of the results before it, for protocols in which a result is text alone. */
export interface ImagesShown {
  role: 'images';
  images: readonly Image[];
}

/** No words of the person's, and said to be none. */
export const IMAGES_WORDS = '[The images that the results above speak of.]';

/** The messages, with the images of results behind the last result of each reply; without any for a model that sees none. */
export function imagesBehind(messages: readonly Message[], isSeeing: boolean): (Message | ImagesShown)[] {
  if (!isSeeing)
    return messages.map((message) => (message.role === 'user' ? { ...message, images: undefined } : message));
  return messages.flatMap((message, at): (Message | ImagesShown)[] => {
    if (message.role !== 'tool' || messages[at + 1]?.role === 'tool') return [message];
    const first = messages.slice(0, at + 1).findLastIndex(({ role }) => role !== 'tool') + 1;
    const images = messages.slice(first, at + 1).flatMap((one) => (one.role === 'tool' ? (one.images ?? []) : []));
    return images.length === 0 ? [message] : [message, { role: 'images', images }];
  });
}
