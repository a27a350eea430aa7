import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';
import { look } from '../../src/shared/arming.ts';
import type { Arming, Presence } from '../../src/shared/arming.ts';
import { Reading } from './reading.ts';

const LOOK_EVERY_MS = 100;

export type Readiness = 'armed' | 'settling' | Exclude<Presence, 'here'>;

export interface ArmingControl {
  /** Goes to the box that holds a card's approve buttons. */
  readonly box: RefObject<HTMLDivElement | null>;
  readonly readiness: Readiness;
  /** How many lines of the card that must be seen have not been in sight yet; undefined before the first look. */
  readonly unread: number | undefined;
  /** Looks again, right now: for the moment of the click, which may come before the next regular look. */
  readonly armedNow: () => boolean;
}

interface Question {
  readonly question: string;
  /** The window has the focus, wherever in it: whoever clicks was looking at it. */
  readonly attended: boolean;
  readonly answered: boolean;
  readonly card: RefObject<HTMLElement | null>;
  /** Something lies over the card: no line of it comes into sight meanwhile. */
  readonly covered?: boolean;
  /** Whether what has not been in sight holds the buttons back. */
  readonly mustRead: (unread: number) => boolean;
}

/** Watches where a card's approve buttons stand and says whether they may work yet. */
export function useArming({ question, attended, answered, card, covered = false, mustRead }: Question): ArmingControl {
  const box = useRef<HTMLDivElement>(null);
  const arming = useRef<Arming>(undefined);
  const reading = useRef(new Reading());
  const lastLeft = useRef<number>(undefined);
  const [readiness, setReadiness] = useState<Readiness>('settling');
  const [unread, setUnread] = useState<number>();

  const lookNow = useCallback((): Arming => {
    const element = box.current;
    const presence = answered ? 'answered' : presenceOf(element, attended);
    // Nobody reads in a window that is hidden.
    const seen = presence !== 'unfocused' && presence !== 'answered';
    if (card.current !== null && seen && !covered) lastLeft.current = reading.current.look(card.current);
    const left = lastLeft.current;
    if (left !== undefined) setUnread(left);
    const sight = {
      ...{ question, place: placeOf(element) },
      presence: presence === 'here' && mustRead(left ?? 0) ? ('unread' as const) : presence,
    };
    const next = look(arming.current, sight, performance.now());
    arming.current = next;
    setReadiness(next.kind === 'away' ? next.why : next.kind);
    return next;
  }, [question, attended, answered, card, covered, mustRead]);

  // After every drawing: a change of the page is seen before the next click can land on it.
  useLayoutEffect(() => {
    lookNow();
  });

  useEffect(() => {
    const timer = setInterval(lookNow, LOOK_EVERY_MS);
    window.addEventListener('focus', lookNow);
    window.addEventListener('blur', lookNow);
    document.addEventListener('visibilitychange', lookNow);
    // What is scrolled through quickly was in sight, too. Scrolling does not bubble.
    document.addEventListener('scroll', lookNow, true);
    return () => {
      clearInterval(timer);
      window.removeEventListener('focus', lookNow);
      window.removeEventListener('blur', lookNow);
      document.removeEventListener('visibilitychange', lookNow);
      document.removeEventListener('scroll', lookNow, true);
    };
  }, [lookNow]);

  const armedNow = useCallback(() => lookNow().kind === 'armed', [lookNow]);
  return { box, readiness, unread, armedNow };
}

/** A press that brings the window to the front finds it unattended: it means the window, not the button under it. */
function presenceOf(element: HTMLElement | null, attended: boolean): Presence {
  if (document.visibilityState !== 'visible' || !(attended || document.hasFocus())) return 'unfocused';
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
