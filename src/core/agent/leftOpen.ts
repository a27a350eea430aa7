import type { Message } from '../models/port.ts';

/** Said of a call by this program alone: no tool's result has `interrupted` for its end. */
export const LEFT_OPEN = 'Not done: the run was taken over before this began.';

/** Whether a message stands for a call that whoever took the run over makes. */
export function isLeftOpen(message: Message): boolean {
  return message.role === 'tool' && message.ended === 'interrupted' && message.text === LEFT_OPEN;
}
