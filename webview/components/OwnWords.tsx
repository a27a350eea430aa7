import { useId } from 'react';
import { TooLong } from './TooLong.tsx';

interface OwnWordsProps {
  readonly label: string;
  readonly testId: string;
  readonly rows: number;
  readonly words: string;
  readonly disabled: boolean;
  /** Why it cannot be sent as it is. */
  readonly tooLong: string | undefined;
  readonly onWords: (words: string) => void;
}

/** A person's own words, of several lines: a field of one line drops what is behind the first. */
export function OwnWords({ label, testId, rows, words, disabled, tooLong, onWords }: OwnWordsProps) {
  const id = useId();
  return (
    <>
      <label className="small" htmlFor={id}>
        {label}
      </label>
      <textarea
        id={id}
        className="input"
        data-testid={testId}
        rows={rows}
        value={words}
        disabled={disabled}
        onChange={(event) => {
          onWords(event.target.value);
        }}
      />
      <TooLong words={tooLong} />
    </>
  );
}
