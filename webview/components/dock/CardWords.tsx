import type { Approval } from '../../../src/shared/approval.ts';
import { originText } from '../../../src/shared/decision.ts';
import { sentence } from '../../../src/shared/named.ts';
import { exact, visibleLine } from '../../../src/shared/visible.ts';
import { newlyLit } from '../../state/flags.ts';
import { Claim } from './Claim.tsx';
import { Blocks } from '../blocks/Blocks.tsx';
import { Sentence } from '../blocks/Sentence.tsx';
import { Icon } from '../Icon.tsx';
import { Line } from '../Line.tsx';
import { Spoken } from '../Spoken.tsx';

/** What would happen, in the order in which a person decides. */
export function CardWords({ approval, onOpenDiff }: { readonly approval: Approval; readonly onOpenDiff: () => void }) {
  const { card, decision, consequence, undo, undoState, claim, where, why } = approval;
  const lights = newlyLit(approval);
  return (
    <>
      {approval.askedAgain !== undefined && (
        <Line icon="warning" tone="warning">
          Asked again: {exact(approval.askedAgain)}
        </Line>
      )}
      {approval.edited === true && (
        <Line icon="edit" testId="edited">
          As you changed it: the agent had asked for something else.
        </Line>
      )}
      <p data-must-see="">
        {consequence !== undefined && (
          <span data-testid="consequence">
            <Sentence words={consequence} />{' '}
          </span>
        )}
        <span className={`undo-${undoState}`} data-testid="undo">
          <Icon name={undoState === 'whole' || undoState === 'nothing' ? 'discard' : 'warning'} />{' '}
          <Spoken words={undo} />
        </span>
      </p>
      {claim !== undefined && <Claim words={claim} />}
      <Blocks blocks={card.blocks} said={consequence !== undefined} onOpenDiff={onOpenDiff}>
        <p className="where small quiet">
          {where.map((words) => (
            <span key={words}>{visibleLine(words)}</span>
          ))}
          <span data-testid="why">
            <Spoken words={why} />
          </span>
        </p>
      </Blocks>
      <details className="more small">
        <summary>Which rule</summary>
        <p>
          <Spoken words={sentence(decision.reason)} /> Rule <code>{visibleLine(decision.rule)}</code>,{' '}
          {visibleLine(originText(decision.origin))}.{decision.eachTime === true && ' It asks every time.'}
        </p>
        {lights.length > 0 && <p data-testid="lights">{lights.join(' ')}</p>}
      </details>
    </>
  );
}
