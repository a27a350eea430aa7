import { reviewWords, type ReviewedFile } from '../../../src/shared/review.ts';
import { exact, visibleLine } from '../../../src/shared/visible.ts';
import { Icon } from '../Icon.tsx';

interface ReviewRowProps {
  readonly file: ReviewedFile;
  /** It goes back. */
  readonly isMarked: boolean;
  readonly onMark: () => void;
  readonly onDiff: () => void;
  readonly onParts: () => void;
}

/** One changed file: its mark, its name, which opens the diff, and what is so of it. */
export function ReviewRow({ file, isMarked, onMark, onDiff, onParts }: ReviewRowProps) {
  const name = exact(file.name);
  const isOpen = file.state === 'open';
  const goes = isMarked ? 'will be put back' : 'will be kept';
  const words = reviewWords(file).map(visibleLine).join(' · ');
  return (
    <li className="review-row" data-testid="review-file" data-state={isMarked && isOpen ? 'marked' : file.state}>
      <button
        type="button"
        role="checkbox"
        aria-checked={!isMarked && file.state !== 'put back'}
        aria-label={isOpen ? `Keep ${name}: ${goes}` : `${name}: ${file.state}`}
        title={isOpen ? `Now: ${goes}. Press for the other.` : file.state}
        className={isMarked || file.state === 'put back' ? 'review-mark back' : 'review-mark'}
        data-testid="review-mark"
        disabled={!isOpen}
        onClick={onMark}
      >
        <Icon name={file.state === 'put back' ? 'discard' : isMarked ? 'close' : 'check'} />
      </button>
      <button
        type="button"
        className="review-name link"
        title={`${name}: show the diff`}
        data-testid="review-name"
        onClick={onDiff}
      >
        {name}
      </button>
      <span className="review-what" title={words}>
        {isMarked && isOpen ? goes : words}
      </span>
      {isOpen && file.added !== undefined && file.removed !== undefined && (
        <button
          type="button"
          className="icon-button"
          title={`Put back parts of ${name}…`}
          aria-label={`Put back parts of ${name}`}
          data-testid="review-parts"
          onClick={onParts}
        >
          <Icon name="list-selection" />
        </button>
      )}
    </li>
  );
}
