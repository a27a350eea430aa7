import type { FromPanel } from '../shared/protocol.ts';

/** A message from the task box, as the panel says it; or from anywhere else, which names no sending. */
export type Sending = Omit<Extract<FromPanel, { type: 'send' }>, 'type'>;

/** Where it goes: on with a run, into a new one that begins with what was said in one, or wherever it fits. */
export type SentTo = Pick<Sending, 'run' | 'fork'>;
