import type { Typed } from './kept.ts';

/** So many messages are remembered until the extension says that they were not taken. */
const MOST = 2;

type Sent = Pick<Typed, 'images' | 'fork'>;

/** What went with the last messages beside their text, in case that it comes back. */
export interface Sendings {
  /** Remembers what goes; returns its name. */
  begin(sent: Sent): string;
  /** What went under a name, once. */
  back(sending: string): Sent | undefined;
}

export function createSendings(): Sendings {
  const sent = new Map<string, Sent>();
  return {
    begin: (one) => {
      const sending = crypto.randomUUID();
      sent.set(sending, one);
      for (const old of [...sent.keys()].slice(0, -MOST)) sent.delete(old);
      return sending;
    },
    back: (sending) => {
      const found = sent.get(sending);
      sent.delete(sending);
      return found;
    },
  };
}
