import { Icon } from '../Icon.tsx';

interface PagerProps {
  /** Counted from 0. */
  readonly at: number;
  readonly all: number;
  readonly onTurn: (to: number) => void;
}

/** Which of several questions is shown, and the way to the others. */
export function Pager({ at, all, onTurn }: PagerProps) {
  const turn = (to: number, icon: string, words: string) => (
    <button
      type="button"
      className="icon-button"
      aria-label={words}
      title={words}
      disabled={to < 0 || to >= all}
      onClick={() => {
        onTurn(to);
      }}
    >
      <Icon name={icon} />
    </button>
  );
  return (
    <span className="pager small" data-testid="pager">
      {turn(at - 1, 'chevron-left', 'The question before')}
      <span>
        {at + 1} of {all}
      </span>
      {turn(at + 1, 'chevron-right', 'The next question')}
    </span>
  );
}
