import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { Entry } from '../../src/shared/runView.ts';

/** So many entries of a transcript are drawn at first, and so many more each time that earlier ones are wanted. */
const AT_ONCE = 300;

interface Wanted {
  readonly run: string | undefined;
  readonly entries: readonly Entry[];
  /** An action to bring into sight; each asking is another object. */
  readonly shown: { readonly action: string } | undefined;
  /** What scrolls. */
  readonly box: RefObject<HTMLElement | null>;
}

interface Drawn {
  readonly entries: readonly Entry[];
  /** How many earlier ones there are that are not drawn. */
  readonly left: number;
  readonly more: () => void;
  /** Draws from this one on, which is there. */
  readonly from: (index: number) => void;
}

/** The end of a transcript, as much of it as somebody wants to see: thousands of entries cost what a few hundred do. */
export function useDrawn({ run, entries, shown, box }: Wanted): Drawn {
  const [wanted, setWanted] = useState({ run, room: AT_ONCE });
  const [asked, setAsked] = useState(shown);
  const below = useRef<number>(undefined);
  let { room } = wanted.run === run ? wanted : { room: AT_ONCE };
  if (shown !== asked) {
    setAsked(shown);
    const at = entries.findIndex((entry) => entry.kind === 'action' && entry.id === shown?.action);
    if (at !== -1 && entries.length - at > room) {
      room = entries.length - at + AT_ONCE;
      setWanted({ run, room });
    }
  }
  const left = Math.max(0, entries.length - room);

  const draw = useCallback(
    (most: number) => {
      const element = box.current;
      // What is in sight stays where it is: what comes, comes above it.
      if (element) below.current = element.scrollHeight - element.scrollTop;
      setWanted({ run, room: most });
    },
    [box, run],
  );
  const more = useCallback(() => {
    draw(room + AT_ONCE);
  }, [draw, room]);
  const from = useCallback(
    (index: number) => {
      // With some before it, so that it does not stand at the edge.
      draw(Math.max(room, entries.length - index + AT_ONCE / 10));
    },
    [draw, room, entries.length],
  );
  useLayoutEffect(() => {
    const element = box.current;
    if (element && below.current !== undefined) element.scrollTop = element.scrollHeight - below.current;
    below.current = undefined;
  }, [box, room]);

  return { entries: left === 0 ? entries : entries.slice(left), left, more, from };
}
