import type { Card } from '../../src/shared/approval.ts';
import { visibleLine } from '../../src/shared/visible.ts';
import { lossBound } from '../state/sentences.ts';
import { Exact } from './Exact.tsx';
import { Line } from './Line.tsx';

type Losses = NonNullable<Extract<Card, { kind: 'command' }>['unknownLosses']>;

/** What a command takes away where nobody knows beforehand of which files. */
export function UnknownLosses({ losses, left }: { readonly losses: Losses; readonly left: number }) {
  return (
    <>
      {losses.map(({ program, does, below, most }, index) => (
        <Line key={index} icon="files" tone="warning">
          What <Exact>{visibleLine(program)}</Exact> {does} below <Exact>{visibleLine(below)}</Exact> cannot be known
          beforehand: <b>{most ? lossBound(most) : 'nor how much'}</b>.
        </Line>
      ))}
      {left > 0 && (
        <Line icon="files" tone="warning">
          And {left} more places where it cannot be known beforehand.
        </Line>
      )}
    </>
  );
}
