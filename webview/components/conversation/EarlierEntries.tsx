import { useEffect, useRef } from 'react';
import { LinkButton } from '../LinkButton.tsx';

interface EarlierEntriesProps {
  /** How many are there and not drawn. */
  readonly left: number;
  /** How many the panel does not have. */
  readonly before: number;
  readonly more: () => void;
}

/** Above the first entry: more of them come when this comes into sight; what the panel does not have, the log has. */
export function EarlierEntries({ left, before, more }: EarlierEntriesProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null || left === 0) return;
    const watcher = new IntersectionObserver(([seen]) => {
      if (seen?.isIntersecting === true) more();
    });
    watcher.observe(element);
    return () => {
      watcher.disconnect();
    };
  }, [left, more]);
  if (left === 0 && before === 0) return null;
  return (
    <div ref={box} className="quiet small" data-testid="earlier-entries">
      {left > 0 ? (
        <LinkButton words={`Show more of ${left} earlier entries`} onClick={more} />
      ) : (
        `${before} earlier entries are in the Audit Log.`
      )}
    </div>
  );
}
