import type { Approval } from '../../../src/shared/approval.ts';
import type { FromPanel } from '../../../src/shared/protocol.ts';
import type { GrantChoice, GrantPick } from '../../state/grants.ts';
import type { Spared } from '../../../src/shared/spared.ts';
import { useSpared } from '../../state/useSpared.ts';
import { AlwaysButton } from '../AlwaysButton.tsx';
import { ApproveButton } from '../ApproveButton.tsx';
import { EffectsItem } from './EffectsBar.tsx';
import { GrantOptions } from '../GrantOptions.tsx';

interface ApproveMenuProps {
  readonly approval: Approval;
  readonly remembered: GrantChoice | undefined;
  readonly answered: boolean;
  readonly armed: boolean;
  readonly armedNow: () => boolean;
  /** Whether a rule may be written: not before all that would be approved with it was in sight. */
  readonly offersRule: boolean;
  /** Begins to change what waits, where that can be. */
  readonly onEdit?: (() => void) | undefined;
  /** What remembering would have spared, once it was looked up. */
  readonly spared?: Spared | undefined;
  readonly onShowEffects: () => void;
  readonly onPick: (pick: GrantPick) => void;
  readonly onApprove: (remembered: GrantChoice) => void;
  readonly post: (message: FromPanel) => void;
}

/** What approving for longer than once would cover, for how long, and the rule that would do it for good. */
export function ApproveMenu(props: ApproveMenuProps) {
  const { approval, remembered, answered, armed, armedNow, offersRule, onEdit, onPick, onApprove, post } = props;
  const said = useSpared(approval, remembered, { spared: props.spared, post });
  return (
    <>
      <EffectsItem approval={approval} armed={armed} armedNow={armedNow} onShow={props.onShowEffects} />
      {onEdit !== undefined && (
        <button type="button" className="menu-item" data-testid="edit-first" disabled={answered} onClick={onEdit}>
          Edit before approving…
        </button>
      )}
      {remembered !== undefined && (
        <>
          <GrantOptions approval={approval} choice={remembered} answered={answered} onPick={onPick} />
          <p className="spared small quiet" data-testid="grant-spared" aria-live="polite">
            {said.grant}
          </p>
          <ApproveButton
            label="Approve and remember"
            testId="approve-and-grant"
            armed={armed}
            armedNow={armedNow}
            onApprove={() => {
              onApprove(remembered);
            }}
          />
        </>
      )}
      <AlwaysButton approval={approval} offered={offersRule} post={post} />
      {approval.alwaysOffer !== undefined && (
        <p className="spared small quiet" data-testid="always-spared" aria-live="polite">
          {said.always}
        </p>
      )}
    </>
  );
}
