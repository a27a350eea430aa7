import { useRef } from 'react';
import type { Approval } from '../../src/shared/approval.ts';
import { originText } from '../../src/shared/decision.ts';
import { exact, visibleLine } from '../../src/shared/visible.ts';
import { newlyLit } from '../state/flags.ts';
import type { Store } from '../state/store.ts';
import { AnswerButtons } from './AnswerButtons.tsx';
import { Blocks } from './blocks/Blocks.tsx';
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
  const wouldLight = lights.length === 0 ? undefined : `This would light: ${lights.join(', ')}`;
  const whole = useRef<HTMLElement>(null);
  const third = decision.rule === 'rule-of-two';
  return (
    <section
      ref={whole}
      className="card question"
      aria-label={`Approval needed: ${visibleLine(approval.title)}`}
      data-testid="approval"
      data-approval-id={id}
      data-kind={card.kind}
    >
      <h2>{visibleLine(approval.title)}</h2>
      {approval.askedAgain !== undefined && (
        <Line icon="warning" tone="warning">
          Asked again: {exact(approval.askedAgain)}
        </Line>
      )}
      <div data-testid="why">
        <p>{exact(decision.reason)}</p>
        <p className="small quiet">
          Rule <code>{visibleLine(decision.rule)}</code>, {visibleLine(originText(decision.origin))}
          {decision.eachTime === true && ', asks every time'}
          {wouldLight !== undefined && !third && <span data-testid="lights">. {wouldLight}</span>}
        </p>
      </div>
      {wouldLight !== undefined && third && (
        <Line icon="circle-filled" tone="warning" testId="lights">
          {wouldLight}
        </Line>
      )}
      <Blocks
        blocks={card.blocks}
        onOpenDiff={() => {
          store.post({ type: 'open-diff', approval: id });
        }}
      />
      <div data-testid="undo">
        <Line icon="discard">{exact(approval.undo)}</Line>
      </div>
      <AnswerButtons approval={approval} card={whole} above={above} answered={answered} reason={reason} store={store} />
    </section>
  );
}
