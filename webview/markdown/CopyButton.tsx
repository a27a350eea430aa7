import { useContext, useEffect, useState } from 'react';
import { Icon } from '../components/Icon.tsx';
import { WordsHost } from './WordsHost.ts';

const SAID_MS = 2000;

/** Copies a text, and says so: to the eye by its icon, to a screen reader in words. */
export function CopyButton({
  text,
  label,
  className,
}: {
  readonly text: string;
  readonly label: string;
  readonly className: string;
}) {
  const { post } = useContext(WordsHost);
  const [times, setTimes] = useState(0);
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => {
      setCopied(false);
    }, SAID_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [isCopied, times]);
  return (
    <span className={className}>
      <button
        type="button"
        className="md-copy"
        aria-label={label}
        title={label}
        data-testid="copy"
        onClick={() => {
          post({ type: 'copy', text });
          setTimes(times + 1);
          setCopied(true);
        }}
      >
        <Icon name={isCopied ? 'check' : 'copy'} />
      </button>
      <span className="unseen" role="status">
        {isCopied ? 'Copied' : ''}
      </span>
    </span>
  );
}
