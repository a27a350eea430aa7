import type { Passage } from '../../core/egress/port.ts';

/** How often what is under way is looked at again. */
const EVERY_MS = 1000;

export interface Watched {
  /** Fires with the given signal, and with the reason where what was permitted must end. */
  signal: AbortSignal;
  /** It has ended: nobody looks any more. */
  over: () => void;
}

/** Something that was permitted, for as long as it stays so: what is forbidden meanwhile is ended in the middle. */
export function whileAllowed(passage: Passage, signal: AbortSignal): Watched {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const look = async (): Promise<void> => {
    // A policy that cannot be read now forbids whatever is sent next; what is under way was permitted by one that could.
    const why = await passage.endedBy().catch(() => undefined);
    if (why) ending.abort(why);
    else again();
  };
  const again = (): void => {
    if (!isOver) timer = setTimeout(() => void look(), EVERY_MS);
  };
  again();
  return {
    signal: AbortSignal.any([signal, ending.signal]),
    over: () => {
      isOver = true;
      clearTimeout(timer);
    },
  };
}
