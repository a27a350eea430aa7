import { useEffect, useLayoutEffect, useRef } from 'react';
import type { Entry, PanelState } from '../../src/shared/runView.ts';
import { EntryView } from './EntryView.tsx';

/** Closer to the end than this counts as at the end, in pixels. */
const AT_END = 24;

const COMMANDS: Record<PanelState['sandbox']['state'], string> = {
  unknown: 'Commands run in the sandbox',
  works: 'Commands run in the sandbox',
  outside: 'Commands run outside the sandbox',
  refused: 'Commands are refused here',
};

/** The conversation. It follows its own end only for somebody who is reading there. */
export function Transcript({
  entries,
  before,
  sandbox,
  shown,
}: {
  readonly entries: readonly Entry[];
  /** How many entries before these are left out. */
  readonly before: number;
  readonly sandbox: PanelState['sandbox']['state'];
  /** An action to bring into sight. */
  readonly shown?: { readonly action: string } | undefined;
}) {
  const box = useRef<HTMLElement>(null);
  const atEnd = useRef(true);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const follow = (): void => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    };
    follow();
    // A card above that comes or goes changes the height, too.
    const watcher = new ResizeObserver(follow);
    watcher.observe(element);
    return () => {
      watcher.disconnect();
    };
  }, [entries]);

  useEffect(() => {
    if (!shown) return;
    const entry = box.current?.querySelector<HTMLElement>(`[data-action="${CSS.escape(shown.action)}"]`);
    if (!entry) return;
    atEnd.current = false;
    entry.querySelector('details')?.setAttribute('open', '');
    entry.scrollIntoView({ block: 'center' });
    entry.focus();
  }, [shown]);

  return (
    <section
      ref={box}
      className="transcript"
      role="log"
      aria-label="Transcript"
      aria-busy={entries.some((entry) => entry.kind === 'assistant' && entry.streaming)}
      tabIndex={0}
      data-testid="transcript"
      onScroll={(event) => {
        const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
        atEnd.current = scrollHeight - clientHeight - scrollTop <= AT_END;
      }}
    >
      {entries.length === 0 && (
        <p className="quiet">
          Describe a task below. Every action is checked against your policy and recorded. {COMMANDS[sandbox]}, file
          tools work only inside the workspace. What needs your word is asked here first.
        </p>
      )}
      {entryViews(entries, before)}
    </section>
  );
}

/** Entries are only ever added at the end, so their number names them, also when the first are left out. */
export function entryViews(entries: readonly Entry[], before: number) {
  return entries.map((entry, index) => <EntryView key={before + index} entry={entry} />);
}
