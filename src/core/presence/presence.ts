import { cancellationOf } from '../outcome.ts';

/** Whether a live window or terminal is there, in which a person can see a run, answer it and stop it. */
export interface Presence {
  isThere(): boolean;
  onChange(listener: () => void): () => void;
}

/** What is said of a run for which nobody is there. */
export const UNATTENDED = 'Its window shows no sign of life. It goes on when it does, or where it is taken over.';

/** Of a process that ends with its terminal, or that nobody was meant to look at. */
export const ALWAYS_THERE: Presence = { isThere: () => true, onChange: () => () => undefined };

export interface Attended {
  presence: Presence;
  record: (type: 'unattended' | 'attended') => Promise<void>;
  /** Told when it begins to wait, and when it goes on. */
  waiting: (isWaiting: boolean) => void;
}

/**
 * Goes on at once where somebody is there, else when somebody is again, however long that takes: with no one to see it
 * nothing is asked and nothing further begins. Throws `Cancelled` when the signal fires first.
 */
export async function attended({ presence, record, waiting }: Attended, signal: AbortSignal): Promise<void> {
  if (presence.isThere()) return;
  await record('unattended');
  waiting(true);
  try {
    await untilThere(presence, signal);
  } finally {
    waiting(false);
  }
  await record('attended');
}

function untilThere(presence: Presence, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (!signal.aborted && !presence.isThere()) return;
      stopListening();
      signal.removeEventListener('abort', look);
      if (signal.aborted) reject(cancellationOf(signal));
      else resolve();
    };
    const stopListening = presence.onChange(look);
    signal.addEventListener('abort', look);
    look();
  });
}
