import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { Answer, Approval } from '../../src/shared/approval.ts';
import type { Spared } from '../../src/shared/spared.ts';
import { unseenLines } from '../../src/shared/unseen.ts';
import { visibleLine } from '../../src/shared/visible.ts';
import { grantChoice, type GrantPick } from '../state/grants.ts';
import { questionKey, type Store } from '../state/store.ts';
import { useArming } from '../state/useArming.ts';
import { useEditing } from '../state/useEditing.ts';
import { ApproveButton } from './ApproveButton.tsx';
import { BarNote } from './dock/BarNote.tsx';
import { EffectsBar } from './dock/EffectsBar.tsx';
import { EditBar } from './dock/EditBar.tsx';
import { EditBox, editTooLong } from './dock/EditBox.tsx';
import { AnswerBar, useMenu } from './dock/AnswerBar.tsx';
import { ApproveMenu } from './dock/ApproveMenu.tsx';
import { DenyMenu, denyTooLong } from './dock/DenyMenu.tsx';
import { Together } from './dock/Together.tsx';
import { CardWords } from './dock/CardWords.tsx';
import { LinkButton } from './LinkButton.tsx';

interface ApprovalCardProps {
  readonly approval: Approval;
  /** Where there are several questions: which one this is. */
  readonly pager: ReactNode;
  readonly answered: boolean;
  /** The reason for denying, as typed so far. */
  readonly reason: string;
  /** What was made of its text so far. */
  readonly edit?: string | undefined;
  /** What remembering would have spared, once it was looked up. */
  readonly spared?: Spared | undefined;
  /** The window has the focus. */
  readonly attended: boolean;
  /** The approvals that may be given with this one. */
  readonly together: readonly Approval[];
  /** All that must be seen was in sight, long enough. */
  readonly onRead: () => void;
  readonly store: Store;
}

/** One question: what would happen, what could be lost, why it is asked, and the answers at its lower edge. */
export function ApprovalCard(props: ApprovalCardProps) {
  const { approval, pager, answered, reason, edit, attended, together, onRead, store } = props;
  const { card, id } = approval;
  const whole = useRef<HTMLElement>(null);
  const [menu, setMenu] = useMenu();
  const [pick, setPick] = useState<GrantPick>({});
  /** The most lines that the person wants to approve without having seen them. */
  const [rest, setRest] = useState(0);
  const notShown = unseenLines(card.blocks);
  const { editing, ...edits } = useEditing(approval, edit, store);
  const isEditing = editing !== undefined;
  // Whoever edits it has read what they had read: the rest is shown to them afterwards.
  const mustRead = useCallback((unread: number) => !isEditing && unread + notShown > rest, [isEditing, notShown, rest]);
  // What an open menu offers is another thing to approve: it has to stand for a moment, too. So has each text.
  const question = `${questionKey(approval)} ${rest} ${menu ?? ''} ${isEditing ? `edit ${editing.text}` : ''}`;
  const { box, readiness, unread, armedNow } = useArming({
    ...{ question, attended, answered, card: whole, covered: menu !== undefined || isEditing, mustRead },
  });
  const left = (unread ?? 0) + notShown;
  const armed = readiness === 'armed';
  const remembered = grantChoice(approval, pick);
  const areShown = approval.effects?.state === 'shown';
  const canBeApproved = approval.effects?.state !== 'shown' || approval.effects.obstacle === undefined;
  const wasRead = armed && left === 0 && !isEditing;

  useEffect(() => {
    if (wasRead) onRead();
  }, [wasRead, onRead]);

  const approve = (given: Answer): void => {
    store.answer(approval, { ...given, ...(left > 0 && { unseen: left }) });
  };
  const deny = (words: string): void => {
    store.answer(approval, { choice: 'deny', ...(words !== '' && { reason: words }) });
  };

  function onKeyDown(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.repeat || answered || !(event.ctrlKey || event.metaKey)) return;
    if (isEditing || event.target instanceof HTMLTextAreaElement) return;
    // What is in sight is approved: with effects shown, these.
    if (event.key === 'Enter' && armedNow() && canBeApproved) approve({ choice: areShown ? 'apply' : 'approve' });
    if (event.key === 'Backspace') deny('');
  }

  return (
    <section
      ref={whole}
      className="card question"
      tabIndex={-1}
      aria-label={`Approval needed: ${visibleLine(approval.title)}`}
      data-testid="approval"
      data-approval-id={id}
      data-kind={card.kind}
      onKeyDown={onKeyDown}
    >
      <div className="card-body" tabIndex={0} role="group" aria-label="What would happen">
        <div className="card-head">
          <h2 title={visibleLine(approval.title)}>{visibleLine(approval.title)}</h2>
          {pager}
        </div>
        <div className="card-words" hidden={isEditing}>
          <CardWords
            approval={approval}
            onOpenDiff={() => {
              store.post({ type: 'open-diff', approval: id });
            }}
          />
        </div>
        {isEditing && <EditBox label={editing.label} text={editing.text} disabled={answered} onText={edits.change} />}
        {approval.savesFirst === true && !isEditing && (
          <p>
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
          </p>
        )}
        {left > rest && !answered && !isEditing && (
          <LinkButton
            small
            words={`Let me approve with ${left === 1 ? '1 line' : `${left} lines`} unseen`}
            testId="approve-rest"
            onClick={() => {
              setRest(left);
            }}
          />
        )}
      </div>
      {isEditing ? (
        <EditBar
          {...{ box, readiness, armedNow }}
          card={whole}
          canSend={editing.isChanged && editTooLong(editing.text) === undefined}
          onApprove={() => {
            const { text, unseen } = editing;
            store.answer(approval, { choice: 'approve-edited', text, ...(unseen > 0 && { unseen }) });
          }}
          onCancel={() => {
            edits.cancel();
            whole.current?.focus();
          }}
        />
      ) : areShown ? (
        <EffectsBar
          {...{ approval, box, answered, armed, armedNow }}
          rest={rest > 0 && left > 0 ? `, ${left} unseen` : ''}
          onApprove={approve}
          onDeny={() => {
            deny('');
          }}
          note={<BarNote readiness={readiness} left={left - notShown} notShown={notShown} card={whole} />}
        />
      ) : (
        <>
          <Together approvals={together} armed={armed} armedNow={armedNow} store={store} />
          <AnswerBar
            box={box}
            menu={menu}
            onMenu={setMenu}
            approve={
              <ApproveButton
                label={rest > 0 && left > 0 ? `Approve, ${left} unseen` : 'Approve'}
                testId="approve"
                armed={armed}
                armedNow={armedNow}
                onApprove={() => {
                  approve({ choice: 'approve' });
                }}
              />
            }
            approveMenu={
              remembered === undefined &&
              approval.alwaysOffer === undefined &&
              approval.edit === undefined &&
              approval.effects === undefined ? null : (
                <ApproveMenu
                  approval={approval}
                  remembered={remembered}
                  answered={answered}
                  armed={armed}
                  armedNow={armedNow}
                  onShowEffects={() => {
                    store.answer(approval, { choice: 'show-effects' });
                  }}
                  offersRule={!answered && unread !== undefined && left <= rest}
                  onEdit={
                    approval.edit === undefined
                      ? undefined
                      : () => {
                          setMenu(undefined);
                          edits.begin(left);
                        }
                  }
                  spared={props.spared}
                  onPick={setPick}
                  onApprove={({ grant }) => {
                    approve({ choice: 'approve-and-grant', grant });
                  }}
                  post={store.post}
                />
              )
            }
            deny={
              <button
                type="button"
                className="button secondary"
                data-testid="deny"
                title="Ctrl+Backspace"
                disabled={answered || denyTooLong(reason) !== undefined}
                onClick={() => {
                  deny(reason.trim());
                }}
              >
                Deny
              </button>
            }
            denyMenu={
              <DenyMenu
                reason={reason}
                answered={answered}
                onReason={(words) => {
                  store.setReason(id, words);
                }}
                onDeny={deny}
              />
            }
            note={<BarNote readiness={readiness} left={left - notShown} notShown={notShown} card={whole} />}
          />
        </>
      )}
    </section>
  );
}
