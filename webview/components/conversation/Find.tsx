import { useEffect, useMemo, useRef, useState, type RefObject } from 'react';
import type { Entry } from '../../../src/shared/runView.ts';
import { foundIn } from '../../state/foundEarlier.ts';
import { drawPlaces, goTo, placesOf, samePlace } from '../../state/finding.ts';
import { Icon } from '../Icon.tsx';

interface FindProps {
  /** What is searched. */
  readonly box: RefObject<HTMLElement | null>;
  /** Another value each time that it is asked for. */
  readonly asked: number;
  /** What is there and not drawn: before all that is. */
  readonly earlier: readonly Entry[];
  readonly drawFrom: (index: number) => void;
  readonly onClose: () => void;
}

/** Finds words in the conversation: as an editor finds them in a text. */
export function Find({ box, asked, earlier, drawFrom, onClose }: FindProps) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [places, setPlaces] = useState<readonly Range[]>([]);
  const [at, setAt] = useState(0);
  const current = places[Math.min(at, places.length - 1)];
  const hidden = useMemo(() => foundIn(earlier, text), [earlier, text]);
  /** What is gone to once more is drawn: the first place, or the one before that which was the first. */
  const awaited = useRef<{ before: Range | undefined } | 'first'>(undefined);

  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, [asked]);
  // What is in it grows while one reads.
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const look = (): void => {
      const found = placesOf(text, element);
      setPlaces(found);
      const wanted = awaited.current;
      if (wanted === undefined || found.length === 0) return;
      awaited.current = undefined;
      const known = wanted === 'first' || wanted.before === undefined ? -1 : samePlace(found, wanted.before);
      const next = wanted === 'first' ? 0 : (known === -1 ? found.length : Math.max(known, 1)) - 1;
      setAt(next);
      if (found[next]) goTo(found[next]);
    };
    const frame = requestAnimationFrame(look);
    const watcher = new MutationObserver(look);
    watcher.observe(element, { subtree: true, childList: true, characterData: true });
    return () => {
      cancelAnimationFrame(frame);
      watcher.disconnect();
    };
  }, [text, box]);
  useEffect(() => {
    drawPlaces(places, current);
  }, [places, current]);
  useEffect(
    () => () => {
      drawPlaces([], undefined);
    },
    [],
  );

  function turn(by: 1 | -1): void {
    const now = Math.min(at, places.length - 1);
    if (hidden.count > 0 && (by === -1 ? now <= 0 : now === places.length - 1)) {
      awaited.current = by === -1 || places.length === 0 ? { before: places[0] } : 'first';
      drawFrom(awaited.current === 'first' ? hidden.first : hidden.last);
      return;
    }
    if (places.length === 0) return;
    const next = (now + by + places.length) % places.length;
    setAt(next);
    const place = places[next];
    if (place) goTo(place);
  }

  return (
    <div
      className="find"
      role="search"
      aria-label="Find in the conversation"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
        else if (event.key === 'Enter' && event.target === input.current) turn(event.shiftKey ? -1 : 1);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <input
        ref={input}
        type="text"
        className="input"
        data-testid="find"
        aria-label="Find"
        placeholder="Find"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setAt(0);
        }}
      />
      <span className="quiet small" role="status" data-testid="found">
        {foundWords(text, { all: hidden.count + places.length, at: hidden.count + Math.min(at, places.length - 1) })}
      </span>
      <FindButton icon="arrow-up" label="Previous match (Shift+Enter)" onClick={() => turn(-1)} />
      <FindButton icon="arrow-down" label="Next match (Enter)" onClick={() => turn(1)} />
      <FindButton icon="close" label="Close (Escape)" onClick={onClose} />
    </div>
  );
}

function foundWords(text: string, { all, at }: { all: number; at: number }): string {
  if (text === '') return '';
  return all === 0 ? 'No results' : `${Math.max(at, 0) + 1} of ${all}`;
}

interface FindButtonProps {
  readonly icon: string;
  readonly label: string;
  readonly onClick: () => void;
}

function FindButton({ icon, label, onClick }: FindButtonProps) {
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
