import { InlineView } from './InlineView.tsx';
import type { Align, Block, Inline } from './node.ts';

/** Wider than the panel, it moves sideways by itself. Its lines are always drawn: nothing else in the panel has them. */
export function TableView({
  table: { head, rows, aligns },
  isGrowing,
}: {
  readonly table: Extract<Block, { kind: 'table' }>;
  readonly isGrowing: boolean;
}) {
  return (
    <div className="md-table" tabIndex={0} role="region" aria-label="Table">
      <table>
        <thead>
          <tr>
            {head.map((cell, index) => (
              <th key={index} scope="col" dir="auto" className={classOf(aligns[index])}>
                <InlineView nodes={cell} isGrowing={isGrowing} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <Row key={index} row={row} aligns={aligns} isGrowing={isGrowing && index === rows.length - 1} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({
  row,
  aligns,
  isGrowing,
}: {
  readonly row: readonly (readonly Inline[])[];
  readonly aligns: readonly Align[];
  readonly isGrowing: boolean;
}) {
  return (
    <tr>
      {row.map((cell, index) => (
        <td key={index} dir="auto" className={classOf(aligns[index])}>
          <InlineView nodes={cell} isGrowing={isGrowing} />
        </td>
      ))}
    </tr>
  );
}

function classOf(align: Align): string | undefined {
  return align === undefined ? undefined : `md-${align}`;
}
