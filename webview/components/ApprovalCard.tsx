import type { Approval } from '../../src/shared/approval.ts';
import { originText } from '../../src/shared/decision.ts';
import { visible, visibleLine } from '../../src/shared/visible.ts';
import { newlyLit } from '../state/flags.ts';
import type { Store } from '../state/store.ts';
import { AnswerButtons } from './AnswerButtons.tsx';
import { CardBody } from './CardBody.tsx';
import { Line } from './Line.tsx';

interface ApprovalCardProps {
  readonly approval: Approval;
  /** The questions above this one. */
  readonly above: string;
  readonly answered: boolean;
  /** The reason for denying, as typed so far. */
  readonly reason: string;
  readonly store: Store;
}

/** One question: what would happen, why it is asked, what undo can do, and the answers. */
export function ApprovalCard({ approval, above, answered, reason, store }: ApprovalCardProps) {
  const { card, decision, id } = approval;
  const lights = newlyLit(approval);
  return (
    <section
      className="card question"
      aria-label={`Approval needed: ${visibleLine(approval.title)}`}
      data-testid="approval"
      data-approval-id={id}
      data-kind={card.kind}
    >
      <h2>{visibleLine(approval.title)}</h2>
      {approval.askedAgain !== undefined && (
        <Line icon="warning" tone="warning">
          Asked again: {visible(approval.askedAgain)}
        </Line>
      )}
      <div data-testid="why">
        <p>{visible(decision.reason)}</p>
        <p className="small quiet">
          Rule <code>{visibleLine(decision.rule)}</code>, {visibleLine(originText(decision.origin))}
          {decision.eachTime === true && '. Asks every time'}
        </p>
      </div>
      {lights.length > 0 && (
        <Line icon="circle-filled" tone={decision.rule === 'rule-of-two' ? 'warning' : 'plain'} testId="lights">
          This would light: {lights.join(', ')}
        </Line>
      )}
      <CardBody
        card={card}
        onOpenDiff={() => {
          store.post({ type: 'open-diff', approval: id });
        }}
      />
      <div data-testid="undo">
        <Line icon="discard">{visible(approval.undo)}</Line>
      </div>
      <AnswerButtons approval={approval} above={above} answered={answered} reason={reason} store={store} />
    </section>
  );
}
