import { DENY_REASONS } from '../../../src/shared/denyReasons.ts';
import { MOST_REASON, tooLongWords } from '../../../src/shared/typed.ts';
import { OwnWords } from '../OwnWords.tsx';

interface DenyMenuProps {
  readonly reason: string;
  readonly answered: boolean;
  readonly onReason: (reason: string) => void;
  readonly onDeny: (reason: string) => void;
}

/** Why something is denied; the model reads it. */
export function DenyMenu({ reason, answered, onReason, onDeny }: DenyMenuProps) {
  return (
    <>
      {DENY_REASONS.map(({ label, reason: words }) => (
        <button
          key={label}
          type="button"
          className="menu-item"
          data-testid="deny-because"
          title={words}
          disabled={answered}
          onClick={() => {
            onDeny(words);
          }}
        >
          {label}
        </button>
      ))}
      <OwnWords
        label="Or in your words; the model reads them"
        testId="deny-reason"
        rows={1}
        words={reason}
        disabled={answered}
        tooLong={denyTooLong(reason)}
        onWords={onReason}
      />
    </>
  );
}

export function denyTooLong(reason: string): string | undefined {
  return tooLongWords(reason.trim(), MOST_REASON, 'Shorten it, or deny without a reason.');
}
