import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';
import { look } from './arming.ts';
import type { Arming, Presence } from './arming.ts';

const LOOK_EVERY_MS = 100;

export type Readiness = 'armed' | 'settling' | Exclude<Presence, 'here'>;

export interface ArmingControl {
  /** Goes to the box that holds a card's approve buttons. */
  readonly box: RefObject<HTMLDivElement | null>;
  readonly readiness: Readiness;
  /** Looks again, right now: for the moment of the click, which may come before the next regular look. */
  readonly armedNow: () => boolean;
}

interface Question {
  readonly question: string;
  readonly above: string;
  readonly answered: boolean;
}

/** Watches where a card's approve buttons stand and says whether they may work yet. */
export function useArming({ question, above, answered }: Question): ArmingControl {
  const box = useRef<HTMLDivElement>(null);
  const arming = useRef<Arming>(undefined);
  const [readiness, setReadiness] = useState<Readiness>('settling');

  const lookNow = useCallback((): Arming => {
    const element = box.current;
    const presence = answered ? 'answered' : presenceOf(element);
    const sight = { question, above, place: placeOf(element), presence };
    const next = look(arming.current, sight, performance.now());
    arming.current = next;
    setReadiness(next.kind === 'away' ? next.why : next.kind);
    return next;
  }, [question, above, answered]);

  // After every drawing: a change of the page is seen before the next click can land on it.
  useLayoutEffect(() => {
    lookNow();
  });

  useEffect(() => {
    const timer = setInterval(lookNow, LOOK_EVERY_MS);
    window.addEventListener('focus', lookNow);
    window.addEventListener('blur', lookNow);
    document.addEventListener('visibilitychange', lookNow);
    return () => {
      clearInterval(timer);
      window.removeEventListener('focus', lookNow);
      window.removeEventListener('blur', lookNow);
      document.removeEventListener('visibilitychange', lookNow);
    };
  }, [lookNow]);

  const armedNow = useCallback(() => lookNow().kind === 'armed', [lookNow]);
  return { box, readiness, armedNow };
}

function presenceOf(element: HTMLElement | null): Presence {
  if (document.visibilityState !== 'visible' || !document.hasFocus()) return 'unfocused';
  return element !== null && inView(element) ? 'here' : 'out-of-view';
}

/** Whether both corners of the box are really on top: not scrolled away, not covered. */
function inView(element: HTMLElement): boolean {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return [document.elementFromPoint(left + 1, top + 1), document.elementFromPoint(right - 1, bottom - 1)].every((hit) =>
    element.contains(hit),
  );
}

function placeOf(element: HTMLElement | null): string {
  if (element === null) return '';
  const { left, top, width, height } = element.getBoundingClientRect();
  return [left, top, width, height].map(Math.round).join(' ');
}
