import { useEffect, useRef, useState } from 'react';
import type { Approval } from '../../../src/shared/approval.ts';
import type { PanelState } from '../../../src/shared/runView.ts';
import { questionKey, type PanelModel, type Store } from '../../state/store.ts';
import { ApprovalCard } from '../ApprovalCard.tsx';
import { LimitCard } from '../LimitCard.tsx';
import { QuestionCard } from '../QuestionCard.tsx';
import { Pager } from './Pager.tsx';

interface DockProps {
  readonly panel: PanelState;
  readonly model: PanelModel;
  readonly store: Store;
}

/**
 * Where questions stand, at the end of the conversation: one at a time, in one place, so that no other moves it. Which
 * one is shown stays the same until it is answered or the person turns to another.
 */
export function Dock({ panel, model, store }: DockProps) {
  const { approvals, questions = [], limit } = panel;
  const keys = [
    ...approvals.map(questionKey),
    ...questions.map(({ id }) => id),
    ...(limit === undefined ? [] : [limit.id]),
  ];
  const [turnedTo, setTurnedTo] = useState<string>();
  /** Approvals that could have been approved: all of each has been in sight. */
  const [read, setRead] = useState<ReadonlySet<string>>(new Set());
  const box = useRef<HTMLDivElement>(null);
  const hadFocus = useRef(false);
  const key = turnedTo !== undefined && keys.includes(turnedTo) ? turnedTo : keys[0];
  const at = key === undefined ? -1 : keys.indexOf(key);

  // Whoever answered with the keyboard goes on to the next question with it.
  useEffect(() => {
    if (hadFocus.current && key !== undefined && !box.current?.contains(document.activeElement))
      box.current?.querySelector<HTMLElement>('section')?.focus();
  }, [key]);
  useEffect(() => {
    if (model.focusQuestion > 0) box.current?.querySelector<HTMLElement>('section')?.focus();
  }, [model.focusQuestion]);

  if (key === undefined) return null;
  const approval = approvals[at];
  const question = questions[at - approvals.length];
  const pager =
    keys.length === 1 ? null : (
      <Pager
        at={at}
        all={keys.length}
        onTurn={(to) => {
          setTurnedTo(keys[to]);
        }}
      />
    );
  return (
    <div
      ref={box}
      className="dock"
      role="region"
      aria-label="Waiting for you"
      onFocus={() => {
        hadFocus.current = true;
      }}
      onBlur={({ relatedTarget }) => {
        // An answered card takes its focus along when it goes; only somebody who went elsewhere has left.
        if (relatedTarget !== null) hadFocus.current = box.current?.contains(relatedTarget) ?? false;
      }}
    >
      {approval !== undefined ? (
        <ApprovalCard
          key={key}
          approval={approval}
          pager={pager}
          answered={model.answered.has(key)}
          reason={model.reasons.get(approval.id) ?? ''}
          edit={model.edits.get(approval.action)}
          spared={model.spared.get(key)}
          attended={panel.attended}
          together={together(approvals, read, model.answered)}
          onRead={() => {
            setRead((before) => (before.has(key) ? before : new Set(before).add(key)));
          }}
          store={store}
        />
      ) : question !== undefined ? (
        <QuestionCard
          key={key}
          question={question}
          pager={pager}
          answered={model.answered.has(question.id)}
          words={model.reasons.get(question.id) ?? ''}
          attended={panel.attended}
          store={store}
        />
      ) : (
        limit !== undefined && (
          <LimitCard key={key} limit={limit} pager={pager} attended={panel.attended} post={store.post} />
        )
      )}
    </div>
  );
}

/**
 * The approvals that one click may give together: all that wait, once all of each was in sight. Where effects are shown,
 * a yes has two meanings, and each is given by itself.
 */
function together(
  approvals: readonly Approval[],
  read: ReadonlySet<string>,
  answered: ReadonlySet<string>,
): readonly Approval[] {
  const open = approvals.filter((approval) => !answered.has(questionKey(approval)));
  const isPlain = (approval: Approval): boolean =>
    read.has(questionKey(approval)) && approval.effects?.state !== 'shown';
  return open.length > 1 && open.every(isPlain) ? open : [];
}
