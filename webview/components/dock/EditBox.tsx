import { useEffect, useId, useRef } from 'react';
import { MOST_EDITED, tooLongWords } from '../../../src/shared/typed.ts';
import { exact } from '../../../src/shared/visible.ts';
import { Line } from '../Line.tsx';
import { TooLong } from '../TooLong.tsx';

interface EditBoxProps {
  readonly label: string;
  readonly text: string;
  readonly disabled: boolean;
  readonly onText: (text: string) => void;
}

/** The exact text of what waits, for a person to change. It grows with what is in it: the card scrolls as one. */
export function EditBox({ label, text, disabled, onText }: EditBoxProps) {
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    box.current?.focus();
  }, []);
  return (
    <>
      <label htmlFor={id}>{label}, as you want it</label>
      <textarea
        ref={box}
        id={id}
        className="input edit-box"
        data-testid="edit-text"
        rows={2}
        spellCheck={false}
        value={text}
        disabled={disabled}
        onChange={(event) => {
          onText(event.target.value);
        }}
      />
      <TooLong words={editTooLong(text)} />
      {exact(text) !== text && (
        <Line icon="warning" tone="warning" testId="edit-hidden">
          Some characters of this are not seen. You are shown them before it is done.
        </Line>
      )}
      <p className="small quiet">It is decided anew. If more than the text changes, you are asked again.</p>
    </>
  );
}

export function editTooLong(text: string): string | undefined {
  return tooLongWords(text, MOST_EDITED, 'Shorten it, or cancel.');
}
