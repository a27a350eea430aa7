import type { RefObject } from 'react';
import { ApproveButton } from '../ApproveButton.tsx';
import type { Readiness } from '../../state/useArming.ts';
import { BarNote } from './BarNote.tsx';

interface EditBarProps {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly card: RefObject<HTMLElement | null>;
  readonly readiness: Readiness;
  readonly armedNow: () => boolean;
  /** Something was changed, and it can be sent. */
  readonly canSend: boolean;
  readonly onApprove: () => void;
  readonly onCancel: () => void;
}

/** The answers while a person changes what waits: in the place of the others, and armed as they are. */
export function EditBar({ box, card, readiness, armedNow, canSend, onApprove, onCancel }: EditBarProps) {
  return (
    <div className="answer-area">
      <div className="answer-bar" ref={box}>
        <ApproveButton
          label="Approve this"
          testId="approve-edited"
          armed={readiness === 'armed' && canSend}
          armedNow={() => armedNow() && canSend}
          onApprove={onApprove}
        />
        <button type="button" className="button secondary" data-testid="cancel-edit" onClick={onCancel}>
          Cancel
        </button>
        <span className="bar-note small quiet" role="status">
          {canSend || readiness !== 'armed' ? (
            <BarNote readiness={readiness} left={0} notShown={0} card={card} />
          ) : (
            <span>Nothing changed yet</span>
          )}
        </span>
      </div>
    </div>
  );
}
