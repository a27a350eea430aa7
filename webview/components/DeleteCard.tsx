import type { Card } from '../../src/shared/approval.ts';
import { Exact } from './Exact.tsx';
import { Line } from './Line.tsx';
import { LossLines } from './LossLines.tsx';

export function DeleteCard({ card }: { readonly card: Extract<Card, { kind: 'delete' }> }) {
  return (
    <>
      <Line icon="trash">
        Deletes <Exact>{card.path}</Exact>
      </Line>
      <LossLines heading="What would be lost:" loss={card.loss} />
    </>
  );
}
