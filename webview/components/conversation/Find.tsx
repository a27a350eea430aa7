import { useEffect, useRef, useState, type RefObject } from 'react';
import { drawPlaces, goTo, placesOf } from '../../state/finding.ts';
import { Icon } from '../Icon.tsx';

interface FindProps {
  /** What is searched. */
  readonly box: RefObject<HTMLElement | null>;
  /** Another value each time that it is asked for. */
  readonly asked: number;
  readonly onClose: () => void;
}

/** Finds words in the conversation: as an editor finds them in a text. */
export function Find({ box, asked, onClose }: FindProps) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [places, setPlaces] = useState<readonly Range[]>([]);
  const [at, setAt] = useState(0);
  const current = places[Math.min(at, places.length - 1)];

  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, [asked]);
  // What is in it grows while one reads.
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const look = (): void => {
      setPlaces(placesOf(text, element));
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
    if (places.length === 0) return;
    const next = (Math.min(at, places.length - 1) + by + places.length) % places.length;
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
        {foundWords(text, places.length, Math.min(at, places.length - 1))}
      </span>
      <FindButton icon="arrow-up" label="Previous match (Shift+Enter)" onClick={() => turn(-1)} />
      <FindButton icon="arrow-down" label="Next match (Enter)" onClick={() => turn(1)} />
      <FindButton icon="close" label="Close (Escape)" onClick={onClose} />
    </div>
  );
}

function foundWords(text: string, all: number, at: number): string {
  if (text === '') return '';
  return all === 0 ? 'No results' : `${at + 1} of ${all}`;
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
