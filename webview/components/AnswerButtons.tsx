import { useCallback, useId, useState } from 'react';
import type { RefObject } from 'react';
import type { Answer, Approval } from '../../src/shared/approval.ts';
import { changedLines, unseenLines } from '../../src/shared/unseen.ts';
import { MOST_REASON, tooLongWords } from '../../src/shared/typed.ts';
import { grantChoice } from '../state/grants.ts';
import type { GrantPick } from '../state/grants.ts';
import { questionKey } from '../state/store.ts';
import type { Store } from '../state/store.ts';
import { useArming } from '../state/useArming.ts';
import type { Readiness } from '../state/useArming.ts';
import { AlwaysButton } from './AlwaysButton.tsx';
import { ApproveButton } from './ApproveButton.tsx';
import { GrantOptions } from './GrantOptions.tsx';
import { TooLong } from './TooLong.tsx';

interface AnswerButtonsProps {
  readonly approval: Approval;
  /** The whole card: what of it was in sight decides whether it can be approved. */
  readonly card: RefObject<HTMLElement | null>;
  readonly above: string;
  readonly answered: boolean;
  readonly reason: string;
  readonly store: Store;
}

/** The answers. No <form>: nothing here is ever submitted by Enter. */
export function AnswerButtons({ approval, card, above, answered, reason, store }: AnswerButtonsProps) {
  const reasonId = useId();
  const notShown = unseenLines(approval.card.blocks);
  /** The most lines that the person wants to approve without having seen them. */
  const [rest, setRest] = useState(0);
  const mustRead = useCallback((unread: number) => unread + notShown > rest, [notShown, rest]);
  const question = `${questionKey(approval)} ${rest}`;
  const { box, readiness, unread, armedNow } = useArming({ question, above, answered, card, mustRead });
  const left = (unread ?? 0) + notShown;
  const tooLong = tooLongWords(reason.trim(), MOST_REASON, 'Shorten it, or deny without a reason.');

  const [pick, setPick] = useState<GrantPick>({});
  const remembered = grantChoice(approval, pick);

  function approve(given: Answer): void {
    store.answer(approval, { ...given, ...(left > 0 && { unseen: left }) });
  }

  return (
    <div className="answers">
      <div className="buttons" ref={box}>
        <ApproveButton
          label={rest > 0 && left > 0 ? `Approve, ${left} unseen` : 'Approve'}
          testId="approve"
          armed={readiness === 'armed'}
          armedNow={armedNow}
          onApprove={() => {
            approve({ choice: 'approve' });
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
              approve({ choice: 'approve-and-grant', grant: remembered.grant });
            }}
          />
        )}
        {approval.savesFirst === true && (
          <button
            type="button"
            className="button secondary"
            data-testid="save-first"
            disabled={answered}
            title="Saves what is unsaved in the editor, then asks again"
            onClick={() => {
              store.answer(approval, { choice: 'save-first' });
            }}
          >
            Save first
          </button>
        )}
        <button
          type="button"
          className="button secondary"
          data-testid="deny"
          disabled={answered || tooLong !== undefined}
          onClick={() => {
            const words = reason.trim();
            store.answer(approval, { choice: 'deny', ...(words !== '' && { reason: words }) });
          }}
        >
          Deny
        </button>
      </div>
      {/* Below the buttons and of one height: its words must not move what they speak about. */}
      <p className="hint small quiet">{hint(readiness, notShown)}</p>
      {left > rest && !answered && (
        <button
          type="button"
          className="link small"
          data-testid="approve-rest"
          onClick={() => {
            setRest(left);
          }}
        >
          Let me approve with {left === 1 ? '1 line' : `${left} lines`} unseen
        </button>
      )}
      {remembered !== undefined && (
        <GrantOptions approval={approval} choice={remembered} answered={answered} onPick={setPick} />
      )}
      <AlwaysButton approval={approval} offered={!answered && unread !== undefined && left <= rest} post={store.post} />
      <label className="small" htmlFor={reasonId}>
        Reason, if you deny (optional; the model reads it)
      </label>
      {/* Of several lines: a field of one line drops what is behind the first. */}
      <textarea
        id={reasonId}
        className="input"
        data-testid="deny-reason"
        rows={1}
        value={reason}
        disabled={answered}
        onChange={(event) => {
          store.setReason(approval.id, event.target.value);
        }}
      />
      <TooLong words={tooLong} />
    </div>
  );
}

/** Why the approve buttons do not work yet, or how they do. */
function hint(readiness: Readiness, notShown: number): string {
  switch (readiness) {
    case 'armed':
      return 'Enter alone never approves.';
    case 'settling':
      return 'Read first: the buttons work in a moment.';
    case 'unfocused':
      return 'Click into this panel first, then approve.';
    case 'out-of-view':
      return 'Scroll until the buttons are fully in view.';
    case 'unread':
      return notShown > 0 ? `${changedLines(notShown)} cannot be shown here.` : 'Look at all of the change first.';
    case 'answered':
      return 'Answer sent.';
  }
}
