import { useRef, type ReactNode } from 'react';
import type { Question } from '../../src/shared/question.ts';
import { MOST_REASON, tooLongWords } from '../../src/shared/typed.ts';
import { exact, visibleLine } from '../../src/shared/visible.ts';
import type { Store } from '../state/store.ts';
import { useArming } from '../state/useArming.ts';
import { ApproveButton } from './ApproveButton.tsx';
import { OwnWords } from './OwnWords.tsx';

interface QuestionCardProps {
  readonly question: Question;
  readonly pager: ReactNode;
  readonly attended: boolean;
  readonly answered: boolean;
  /** Words of one's own, as typed so far. */
  readonly words: string;
  readonly store: Store;
}

const nothingToRead = (): boolean => false;

/** What the agent wants to know: choices to click, and room for other words. Nothing is approved by it. */
export function QuestionCard({ question, pager, answered, words, attended, store }: QuestionCardProps) {
  const { id, text, choices } = question;
  const whole = useRef<HTMLElement>(null);
  const { box, readiness, armedNow } = useArming({
    question: id,
    attended,
    answered,
    card: whole,
    mustRead: nothingToRead,
  });
  const armed = readiness === 'armed';
  const own = words.trim();
  const tooLong = tooLongWords(own, MOST_REASON, 'Shorten it.');
  return (
    <section ref={whole} className="card question" tabIndex={-1} aria-label="The agent asks you" data-testid="question">
      <div className="card-body" tabIndex={0} role="group" aria-label="What the agent asks">
        <div className="card-head">
          <h2>The agent asks</h2>
          {pager}
        </div>
        <p className="prose">{exact(text)}</p>
        <OwnWords
          label={choices.length > 0 ? 'Other words, if none of these fits' : 'Your answer'}
          testId="reply-words"
          rows={2}
          words={words}
          disabled={answered}
          tooLong={tooLong}
          onWords={(typed) => {
            store.setReason(id, typed);
          }}
        />
      </div>
      <div className="answer-bar wraps" ref={box}>
        {choices.map((choice, index) => (
          <ApproveButton
            key={index}
            label={visibleLine(choice)}
            testId="reply-choice"
            secondary
            armed={armed}
            armedNow={armedNow}
            onApprove={() => {
              store.reply(id, { choice: index, ...(own !== '' && { words: own }) });
            }}
          />
        ))}
        <ApproveButton
          label="Send answer"
          testId="reply-send"
          armed={armed && own !== '' && tooLong === undefined}
          armedNow={armedNow}
          onApprove={() => {
            store.reply(id, { words: own });
          }}
        />
        <button
          type="button"
          className="button secondary"
          data-testid="reply-none"
          disabled={answered}
          onClick={() => {
            store.reply(id, {});
          }}
        >
          No answer
        </button>
      </div>
    </section>
  );
}
