import { useState } from 'react';
import type { FromPanel } from '../../../src/shared/protocol.ts';
import type { Review } from '../../../src/shared/review.ts';
import type { Way } from '../../../src/shared/wayWords.ts';
import { exact, visibleLine } from '../../../src/shared/visible.ts';
import { headline, settled } from '../../state/reviewing.ts';
import { LinkButton } from '../LinkButton.tsx';
import { Icon } from '../Icon.tsx';
import { ReviewRow } from './ReviewRow.tsx';

interface ReviewBlockProps {
  readonly review: Review;
  readonly way: Way;
  readonly post: (message: FromPanel) => void;
}

/** So many files are listed at first. */
const MOST_SHOWN = 20;

/** What a run changed, to be kept or put back: quiet, and open by itself where the run was to be reviewed. */
export function ReviewBlock({ review, way, post }: ReviewBlockProps) {
  const [opened, setOpened] = useState<boolean>();
  const [byAction, setByAction] = useState(false);
  const [all, setAll] = useState(false);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const { run, files, more, unknown } = review;
  const { keep, back, words } = settled(review, marked);
  const isOpen = opened ?? (way === 'review' && words !== '');

  function mark(path: string): void {
    const next = new Set(marked);
    if (!next.delete(path)) next.add(path);
    setMarked(next);
  }

  return (
    <section className={isOpen ? 'review open' : 'review'} aria-label="Review" data-testid="review">
      <button
        type="button"
        className="review-head"
        data-testid="review-head"
        aria-expanded={isOpen}
        onClick={() => {
          setOpened(!isOpen);
        }}
      >
        <Icon name="diff-multiple" />
        <span className="review-title">
          {headline(review)}
          {!isOpen && <b> · Review</b>}
        </span>
        <Icon name={isOpen ? 'chevron-up' : 'chevron-down'} />
      </button>
      {isOpen && (
        <>
          {byAction ? (
            <ActionList review={review} post={post} />
          ) : (
            <ul className="review-files">
              {files.slice(0, all ? files.length : MOST_SHOWN).map((file) => (
                <ReviewRow
                  key={file.path}
                  file={file}
                  isMarked={marked.has(file.path)}
                  onMark={() => {
                    mark(file.path);
                  }}
                  onDiff={() => {
                    post({ type: 'review-diff', run, path: file.path });
                  }}
                  onParts={() => {
                    post({ type: 'review-parts', run, path: file.path });
                  }}
                />
              ))}
            </ul>
          )}
          {!byAction && !all && files.length > MOST_SHOWN && (
            <p>
              <LinkButton
                words={`Show all ${files.length} files`}
                testId="review-show-all"
                onClick={() => {
                  setAll(true);
                }}
              />
            </p>
          )}
          {more > 0 && <p className="quiet small">And {more} more: put all back, or look at each action.</p>}
          {unknown.map((what) => (
            <p key={what} className="quiet small" data-testid="review-unknown">
              Not known, and not put back: {visibleLine(what)}
            </p>
          ))}
          <p className="folds">
            <LinkButton
              icon="diff-multiple"
              words="All diffs"
              testId="review-all-diffs"
              onClick={() => {
                post({ type: 'review-diff', run });
              }}
            />
            <LinkButton
              icon={byAction ? 'files' : 'list-tree'}
              words={byAction ? 'By file' : 'By action'}
              testId="review-by-action"
              onClick={() => {
                setByAction(!byAction);
              }}
            />
          </p>
          {words !== '' && (
            <div className="review-answers">
              <button
                type="button"
                className="button"
                data-testid="review-settle"
                onClick={() => {
                  post({ type: 'review-settle', run, keep, back });
                  setMarked(new Set());
                }}
              >
                {words}
              </button>
              {back.length + keep.length > 1 && keep.length > 0 && (
                <button
                  type="button"
                  className="button secondary"
                  data-testid="review-all-back"
                  onClick={() => {
                    post({ type: 'review-settle', run, keep: [], back: [...keep, ...back] });
                    setMarked(new Set());
                  }}
                >
                  Put back all
                </button>
              )}
            </div>
          )}
        </>
      )}
    </section>
  );
}

/** The same by what was done: each action can be put back alone. */
function ActionList({ review: { run, actions }, post }: Pick<ReviewBlockProps, 'review' | 'post'>) {
  return (
    <ul className="review-files">
      {actions.map(({ id, title }) => (
        <li key={id} className="review-row" data-testid="review-action">
          <span className="review-name">{exact(title)}</span>
          <LinkButton
            icon="discard"
            words="Put back"
            small
            testId="review-action-back"
            onClick={() => {
              post({ type: 'review-action', run, action: id });
            }}
          />
        </li>
      ))}
    </ul>
  );
}
