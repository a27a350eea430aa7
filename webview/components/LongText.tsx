import { createContext, useContext, type ReactNode } from 'react';
import type { TextOf } from '../../src/shared/longText.ts';
import { textKey, type ReadText } from '../state/longTexts.ts';
import { count } from '../state/sentences.ts';

/** What was read of long texts so far, and how more is read. */
export const LongTexts = createContext<{
  readonly texts: ReadonlyMap<string, ReadText>;
  readonly read: (of: TextOf) => void;
}>({ texts: new Map(), read: () => undefined });

interface LongTextProps {
  readonly of: TextOf;
  /** What the transcript has of it. */
  readonly shown: string;
  /** Characters of all of it, where that is not all. */
  readonly length: number | undefined;
  readonly children: (text: string) => ReactNode;
}

/** A text that may be too long for a transcript: the rest of it is read from the log when somebody wants it. */
export function LongText({ of, shown, length, children }: LongTextProps) {
  const { texts, read } = useContext(LongTexts);
  const known = texts.get(textKey(of));
  const left = length === undefined ? 0 : Math.max(0, (known?.length ?? length) - (known?.text.length ?? 0));
  const lost = known !== undefined && length !== undefined && left === 0 ? length - known.text.length : 0;
  return (
    <>
      {children(known === undefined || known.text === '' ? shown : known.text)}
      {left > 0 && (
        <button
          type="button"
          className="button secondary"
          data-testid="read-more"
          onClick={() => {
            read(of);
          }}
        >
          {known === undefined ? 'Show all' : 'Show more'} ({count(left, 'character')})
        </button>
      )}
      {lost > 0 && <p className="small quiet">The log has no more of it: {count(lost, 'character')} are not kept.</p>}
    </>
  );
}
