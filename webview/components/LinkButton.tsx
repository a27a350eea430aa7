import { visibleLine } from '../../src/shared/visible.ts';
import { Icon } from './Icon.tsx';

interface LinkButtonProps {
  readonly words: string;
  readonly onClick: () => void;
  readonly icon?: string;
  readonly testId?: string;
  /** What stands there for whoever points at it. */
  readonly title?: string;
  readonly small?: boolean;
}

/** Something to do, as a link among words. */
export function LinkButton({ words, onClick, icon, testId, title, small }: LinkButtonProps) {
  return (
    <button
      type="button"
      className={small === true ? 'link small' : 'link'}
      data-testid={testId}
      title={title}
      onClick={onClick}
    >
      {icon !== undefined && (
        <>
          <Icon name={icon} />{' '}
        </>
      )}
      {visibleLine(words)}
    </button>
  );
}
