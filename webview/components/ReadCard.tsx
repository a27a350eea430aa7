import type { Card } from '../../src/shared/approval.ts';
import { visible } from '../../src/shared/visible.ts';
import { Exact } from './Exact.tsx';
import { Line } from './Line.tsx';

export function ReadCard({ card }: { readonly card: Extract<Card, { kind: 'read' }> }) {
  return (
    <>
      <Line icon="eye">
        Reads <Exact>{card.path}</Exact>
      </Line>
      <Line icon="export">The content goes to {visible(card.goesTo)}</Line>
    </>
  );
}
