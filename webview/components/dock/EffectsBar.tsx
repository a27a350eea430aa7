import type { ReactNode, RefObject } from 'react';
import type { Answer, Approval } from '../../../src/shared/approval.ts';
import { ApproveButton } from '../ApproveButton.tsx';

interface EffectsBarProps {
  readonly approval: Approval;
  readonly box: RefObject<HTMLDivElement | null>;
  readonly answered: boolean;
  readonly armed: boolean;
  readonly armedNow: () => boolean;
  /** What of the card was left unseen, in words, where a person approves all the same. */
  readonly rest: string;
  readonly onApprove: (answer: Answer) => void;
  readonly onDeny: () => void;
  readonly note: ReactNode;
}

/** What the effects of a call can be answered with: to make them, to run it for real, to do neither. */
export function EffectsBar(props: EffectsBarProps) {
  const { approval, box, answered, armed, armedNow, rest, onApprove, onDeny, note } = props;
  const canApply = approval.effects?.state === 'shown' && approval.effects.obstacle === undefined;
  return (
    <div className="answer-area">
      <div className="answer-bar effects-bar" ref={box}>
        {canApply && (
          <ApproveButton
            label={`Apply${rest}`}
            testId="apply"
            armed={armed}
            armedNow={armedNow}
            onApprove={() => {
              onApprove({ choice: 'apply' });
            }}
          />
        )}
        <ApproveButton
          label={`Run for real instead${canApply ? '' : rest}`}
          testId="approve"
          secondary
          armed={armed}
          armedNow={armedNow}
          onApprove={() => {
            onApprove({ choice: 'approve' });
          }}
        />
        <button
          type="button"
          className="button secondary"
          data-testid="throw-away"
          title="Nothing is changed, and the agent is told that you denied it (Ctrl+Backspace)"
          disabled={answered}
          onClick={onDeny}
        >
          Throw away
        </button>
        <span className="bar-note small quiet" role="status">
          {note}
        </span>
      </div>
    </div>
  );
}

/** In the menu of the answers: shows what it would change, or says why that cannot be. */
export function EffectsItem({
  approval: { effects },
  armed,
  armedNow,
  onShow,
}: {
  readonly approval: Approval;
  readonly armed: boolean;
  readonly armedNow: () => boolean;
  readonly onShow: () => void;
}) {
  if (effects?.state === 'not-here')
    return (
      <p className="spared small quiet" data-testid="no-effects">
        Its effects cannot be shown first: {effects.why}.
      </p>
    );
  if (effects?.state !== 'offered') return null;
  return (
    <ApproveButton
      label="Show effects first"
      testId="show-effects"
      secondary
      armed={armed}
      armedNow={armedNow}
      onApprove={onShow}
    />
  );
}
