import type { Message } from '../../models/port.ts';
import { charactersOf, charactersOfAll, sizeWords } from '../size.ts';

/** Characters that are left of a result; one that is hardly longer stays whole. */
const [SHORT, WORTH_IT] = [1200, 1800];

/** What a tool does (the effects of its actions): `ask`, its results are a person's own words; `plan`, its arguments are the plan. */
export type Doing = (tool: string) => readonly string[];

export interface Shortened {
  messages: Message[];
  /** How many results. */
  leftOut: number;
}

/**
 * The conversation with its oldest results shortened, until there are no more than `downTo` characters: each says how much
 * is left out, and begins and ends as it did. The last `keep` stay whole; what was denied, and what a person answered, stays word for word. Undefined
 * where nothing can be shortened.
 */
export function shortened(
  messages: readonly Message[],
  { downTo, keep, doing }: { downTo: number; keep: number; doing: Doing },
): Shortened | undefined {
  let length = charactersOfAll(messages);
  const results = messages.filter((message) => message.role === 'tool').filter((message) => isWorthIt(message, doing));
  const oldest = keep === 0 ? results : results.slice(0, -keep);
  const shorter = new Map<Message, Message>();
  for (const message of oldest) {
    if (length <= downTo) break;
    const text = shortText(message.text);
    const short = { ...message, text };
    shorter.set(message, short);
    length -= charactersOf(message) - charactersOf(short);
  }
  if (shorter.size === 0) return undefined;
  return { messages: messages.map((message) => shorter.get(message) ?? message), leftOut: shorter.size };
}

type Result = Extract<Message, { role: 'tool' }>;

function isWorthIt({ name, text, ended }: Result, doing: Doing): boolean {
  return text.length > WORTH_IT && ended !== 'denied' && !doing(name).includes('ask');
}

function shortText(text: string): string {
  const end = Math.floor(SHORT / 3);
  const head = text.slice(0, SHORT - end).replace(/[\uD800-\uDBFF]$/, '');
  const tail = text.slice(text.length - end).replace(/^[\uDC00-\uDFFF]/, '');
  const left = sizeWords(text.length - head.length - tail.length);
  return `${head}\n[${left} left out here to make room; call again if you need it]\n${tail}`;
}
