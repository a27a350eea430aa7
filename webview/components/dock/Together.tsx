import type { Approval } from '../../../src/shared/approval.ts';
import { visibleLine } from '../../../src/shared/visible.ts';
import type { Store } from '../../state/store.ts';
import { ApproveButton } from '../ApproveButton.tsx';

interface TogetherProps {
  /** Empty until all of each was in sight. */
  readonly approvals: readonly Approval[];
  readonly armed: boolean;
  readonly armedNow: () => boolean;
  readonly store: Store;
}

/** Gives all approvals that wait, each of which was in sight. */
export function Together({ approvals, armed, armedNow, store }: TogetherProps) {
  if (approvals.length < 2) return null;
  return (
    <div className="together small">
      <span className="quiet">{approvals.map(({ title }) => visibleLine(title)).join(' · ')}</span>
      <ApproveButton
        label={`Approve all ${approvals.length} shown`}
        testId="approve-all"
        secondary
        armed={armed}
        armedNow={armedNow}
        onApprove={() => {
          for (const approval of approvals) store.answer(approval, { choice: 'approve' });
        }}
      />
    </div>
  );
}
