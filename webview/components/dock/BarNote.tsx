import type { RefObject } from 'react';
import { changedLines } from '../../../src/shared/unseen.ts';
import { LinkButton } from '../LinkButton.tsx';
import type { Readiness } from '../../state/useArming.ts';

interface BarNoteProps {
  readonly readiness: Readiness;
  /** Lines of the card that have not been in sight, and changed lines that are not on it. */
  readonly left: number;
  readonly notShown: number;
  readonly card: RefObject<HTMLElement | null>;
}

/** Why Approve does not work yet, in a few words; or how it does. */
export function BarNote({ readiness, left, notShown, card }: BarNoteProps) {
  switch (readiness) {
    case 'armed':
      return <span className="key-hint">Ctrl+Enter</span>;
    case 'settling':
      return <span title="Approve works once the card has stood still for a moment.">Read first…</span>;
    case 'unfocused':
      return <span title="Approve works while you look at this window.">Look here first</span>;
    case 'out-of-view':
      return <span title="Approve works while the answers are fully in view.">Make the panel larger</span>;
    case 'unread':
      return left > 0 ? (
        <LinkButton
          words={`${left} ${left === 1 ? 'line' : 'lines'} below`}
          testId="go-on-reading"
          title="Shows the next lines that have not been in sight"
          onClick={() => {
            const body = card.current?.querySelector('.card-body');
            body?.scrollBy({ top: body.clientHeight * 0.8 });
          }}
        />
      ) : (
        <span title={`${changedLines(notShown)} cannot be shown here.`}>{changedLines(notShown)} not shown</span>
      );
    case 'answered':
      return <span>Answer sent</span>;
  }
}
