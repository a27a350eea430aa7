import { cutVisibly } from '../../../shared/cut.ts';

/** Characters that are left of a message of the person, where there is no room; one that is hardly longer stays whole. */
const [SHORT, WORTH_IT] = [400, 600];

export interface CutSaid {
  /** All that they said, the task first. */
  said: string[];
  /** How many of the messages were cut, and how many characters of them are left out. */
  messages: number;
  characters: number;
}

/**
 * What a person said, the oldest of it cut until it is so many characters shorter: the task and their last message stay
 * whole, and so does what was cut before. Undefined where nothing can be cut.
 */
export function cutSaid([task = '', ...since]: readonly string[], shorter: number): CutSaid | undefined {
  let [messages, characters] = [0, 0];
  const said = since.map((text, at) => {
    if (characters >= shorter || text.length <= WORTH_IT || at === since.length - 1) return text;
    messages += 1;
    characters += text.length - SHORT;
    return cutVisibly(text, SHORT);
  });
  return messages === 0 ? undefined : { said: [task, ...said], messages, characters };
}
