import { useId, useState } from 'react';
import type { Answer, Approval } from '../../src/shared/approval.ts';
import { grantChoice } from '../state/grants.ts';
import type { GrantPick } from '../state/grants.ts';
import { questionKey } from '../state/store.ts';
import type { Store } from '../state/store.ts';
import { useArming } from '../state/useArming.ts';
import type { Readiness } from '../state/useArming.ts';
import { AlwaysButton } from './AlwaysButton.tsx';
import { ApproveButton } from './ApproveButton.tsx';
import { GrantOptions } from './GrantOptions.tsx';

interface AnswerButtonsProps {
  readonly approval: Approval;
  readonly above: string;
  readonly answered: boolean;
  readonly reason: string;
  readonly store: Store;
}

/** The three answers. No <form>: nothing here is ever submitted by Enter. */
export function AnswerButtons({ approval, above, answered, reason, store }: AnswerButtonsProps) {
  const reasonId = useId();
  const { box, readiness, armedNow } = useArming({ question: questionKey(approval), above, answered });

  const [pick, setPick] = useState<GrantPick>({});
  const remembered = grantChoice(approval, pick);

  function answer(given: Answer): void {
    store.answer(approval, given);
  }

  return (
    <div className="answers">
      <div className="buttons" ref={box}>
        <ApproveButton
          label="Approve"
          testId="approve"
          armed={readiness === 'armed'}
          armedNow={armedNow}
          onApprove={() => {
            answer({ choice: 'approve' });
          }}
        />
        {remembered !== undefined && (
          <ApproveButton
            label="Approve and remember"
            testId="approve-and-grant"
            secondary
            armed={readiness === 'armed'}
            armedNow={armedNow}
            onApprove={() => {
              answer({ choice: 'approve-and-grant', grant: remembered.grant });
            }}
          />
        )}
        <button
          type="button"
          className="button secondary"
          data-testid="deny"
          disabled={answered}
          onClick={() => {
            const words = reason.trim();
            answer({ choice: 'deny', ...(words !== '' && { reason: words }) });
          }}
        >
          Deny
        </button>
      </div>
      {/* Below the buttons and of one height: its words must not move what they speak about. */}
      <p className="hint small quiet">{hint(readiness)}</p>
      {remembered !== undefined && (
        <GrantOptions approval={approval} choice={remembered} answered={answered} onPick={setPick} />
      )}
      <AlwaysButton approval={approval} answered={answered} post={store.post} />
      <label className="small" htmlFor={reasonId}>
        Reason, if you deny (optional; the model reads it)
      </label>
      <input
        id={reasonId}
        className="input"
        data-testid="deny-reason"
        maxLength={2000}
        value={reason}
        disabled={answered}
        onChange={(event) => {
          store.setReason(approval.id, event.target.value);
        }}
      />
    </div>
  );
}

/** Why the approve buttons do not work yet, or how they do. */
function hint(readiness: Readiness): string {
  switch (readiness) {
    case 'armed':
      return 'Enter alone never approves.';
    case 'settling':
      return 'Read first: the buttons work in a moment.';
    case 'unfocused':
      return 'Click into this panel first, then approve.';
    case 'out-of-view':
      return 'Scroll until the buttons are fully in view.';
    case 'answered':
      return 'Answer sent.';
  }
}
