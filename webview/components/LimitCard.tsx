import { useRef, useState, type ReactNode } from 'react';
import type { LimitChoice, LimitQuestion } from '../../src/shared/limitQuestion.ts';
import type { FromPanel } from '../../src/shared/protocol.ts';
import { exact } from '../../src/shared/visible.ts';
import { useArming } from '../state/useArming.ts';
import { ApproveButton } from './ApproveButton.tsx';

interface LimitCardProps {
  readonly limit: LimitQuestion;
  readonly pager: ReactNode;
  readonly attended: boolean;
  readonly post: (message: FromPanel) => void;
}

const READ = () => false;

/** The run is at a limit: whether it goes on. It is no approval of an action, and costs time or money all the same. */
export function LimitCard({ limit, pager, attended, post }: LimitCardProps) {
  const whole = useRef<HTMLElement>(null);
  const [answered, setAnswered] = useState(false);
  const { box, readiness, armedNow } = useArming({
    ...{ question: `limit ${limit.id}`, attended, answered, card: whole, mustRead: READ },
  });
  const answer = (choice: LimitChoice): void => {
    setAnswered(true);
    post({ type: 'answer-limit', question: limit.id, choice });
  };
  return (
    <section ref={whole} className="card question" tabIndex={-1} aria-label="The run is at a limit" data-testid="limit">
      <div className="card-body" tabIndex={0} role="group" aria-label="The limit">
        <div className="card-head">
          <h2>Go on?</h2>
          {pager}
        </div>
        <p className="prose">{exact(limit.words)}</p>
        <p className="small quiet">{goesOnWords(limit)} Otherwise it ends here, and can be resumed.</p>
      </div>
      <div className="answer-bar" ref={box}>
        <ApproveButton
          label="Go on"
          testId="limit-go-on"
          armed={readiness === 'armed'}
          armedNow={armedNow}
          onApprove={() => {
            answer('go-on');
          }}
        />
        <button
          type="button"
          className="button secondary"
          data-testid="limit-stop"
          disabled={answered}
          onClick={() => {
            answer('stop');
          }}
        >
          Stop here
        </button>
      </div>
    </section>
  );
}

function goesOnWords({ limit, more }: LimitQuestion): string {
  return limit === 'repetition' ? `It goes on ${more}.` : `It may use as much again: ${more}.`;
}
