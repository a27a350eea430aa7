import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject, type UIEvent } from 'react';

/** Closer to the end than this counts as at the end, in pixels. */
const AT_END = 24;

interface Following {
  /** Entries so far. */
  readonly count: number;
  /** Another value each time that the end must come into sight. */
  readonly jumps: number;
  /** An action to bring into sight; each asking is another object. */
  readonly shown: { readonly action: string } | undefined;
}

interface FollowingControl {
  readonly box: RefObject<HTMLElement | null>;
  /** How many entries came since the end was in sight. */
  readonly below: number;
  readonly onScroll: (event: UIEvent<HTMLElement>) => void;
  readonly toEnd: () => void;
}

/** Keeps the end of what grows in sight, for somebody who is at the end; for anybody else it counts what came. */
export function useFollowing({ count, jumps, shown }: Following): FollowingControl {
  const box = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  const [seen, setSeen] = useState(count);

  const follow = useCallback((): void => {
    const element = box.current;
    if (element === null || !atEnd.current) return;
    element.scrollTop = element.scrollHeight;
  }, []);

  const toEnd = useCallback((): void => {
    atEnd.current = true;
    follow();
    setSeen(count);
  }, [count, follow]);

  useLayoutEffect(() => {
    follow();
    if (atEnd.current) setSeen(count);
  }, [count, follow]);

  // Not only entries change the height: a card comes or goes, a picture of a reply is drawn, the panel is resized.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const watcher = new ResizeObserver(follow);
    watcher.observe(element);
    for (const child of element.children) watcher.observe(child);
    return () => {
      watcher.disconnect();
    };
  });

  useLayoutEffect(() => {
    atEnd.current = true;
    follow();
  }, [jumps, follow]);

  useEffect(() => {
    if (!shown) return;
    const entry = box.current?.querySelector<HTMLElement>(`[data-action="${CSS.escape(shown.action)}"]`);
    if (!entry) return;
    atEnd.current = false;
    entry.closest('details')?.setAttribute('open', ''); // it may be one of several looks in one line
    entry.querySelector('details')?.setAttribute('open', '');
    entry.scrollIntoView({ block: 'center' });
    entry.focus();
  }, [shown]);

  const onScroll = useCallback(
    ({ currentTarget }: UIEvent<HTMLElement>): void => {
      const { scrollTop, clientHeight, scrollHeight } = currentTarget;
      atEnd.current = scrollHeight - clientHeight - scrollTop <= AT_END;
      if (atEnd.current) setSeen(count);
    },
    [count],
  );

  return { box, below: Math.max(0, count - seen), onScroll, toEnd };
}
