import type { Card } from '../../src/shared/approval.ts';
import { Exact } from './Exact.tsx';
import { Line } from './Line.tsx';
import { LossLines } from './LossLines.tsx';

export function MoveCard({ card }: { readonly card: Extract<Card, { kind: 'move' }> }) {
  return (
    <>
      <dl className="facts">
        <dt>From</dt>
        <dd>
          <Exact>{card.from}</Exact>
        </dd>
        <dt>To</dt>
        <dd>
          <Exact>{card.to}</Exact>
        </dd>
      </dl>
      {card.replaces === undefined ? (
        <Line icon="pass">Nothing is replaced.</Line>
      ) : (
        <LossLines heading="Replaces what is there now:" loss={card.replaces} />
      )}
    </>
  );
}
