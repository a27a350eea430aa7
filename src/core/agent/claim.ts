import { cutVisibly } from '../../shared/cut.ts';
import type { Message } from '../models/port.ts';

/** So many characters of it are on a card. */
const MOST = 300;
/** So many of them are of its end: what was said last. */
const END = 200;

/** What the agent said in the reply whose calls are being made; undefined where it said nothing with them. */
export function claimOf(messages: readonly Message[]): string | undefined {
  const reply = messages.findLast(({ role }) => role === 'assistant');
  const said = reply?.text.trim() ?? '';
  return said === '' ? undefined : cutVisibly(said, MOST, END);
}
