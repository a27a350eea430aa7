import type { Message } from '../../models/port.ts';
import { charactersOfAll } from '../size.ts';

/** A conversation in three: what stands before all, what is left out, and what stays as it is. */
export interface Cut {
  /** Where the model is, and what the project says: of whatever age. */
  before: Message[];
  left: Message[];
  after: Message[];
}

/**
 * Cuts so that what stays has at most `room` characters; the last exchange stays where it has no more than twice that.
 * Undefined where there is nothing to leave out.
 */
export function cutAt(messages: readonly Message[], room: number): Cut | undefined {
  const first = messages.slice(0, messages[0]?.role === 'system' ? 1 : 0);
  const groups = groupsOf(messages.slice(first.length));
  let from = groups.length;
  let length = 0;
  for (; from > 0; from -= 1) {
    const own = charactersOfAll(groups[from - 1] ?? []);
    const isLast = from === groups.length;
    if (length + own > (isLast ? room * 2 : room)) break;
    length += own;
  }
  const earlier = groups.slice(0, from).flat();
  const left = earlier.filter((message) => !isOfProject(message));
  // One message that stands for others already, and nothing since: to replace it wins nothing.
  if (left.length === 0 || (left.length === 1 && left[0]?.role === 'user')) return undefined;
  return { before: [...first, ...earlier.filter(isOfProject)], left, after: groups.slice(from).flat() };
}

function isOfProject(message: Message): boolean {
  return message.role === 'user' && message.project !== undefined;
}

/** What belongs together: a reply with the results of its calls; any other message alone. */
function groupsOf(messages: readonly Message[]): Message[][] {
  const groups: Message[][] = [];
  for (const message of messages)
    if (message.role === 'tool') groups.at(-1)?.push(message);
    else groups.push([message]);
  return groups;
}
