import type { Row } from '../state/folding.ts';
import { looksWords } from '../state/folding.ts';
import { ActionEntry } from './ActionEntry.tsx';
import { Icon } from './Icon.tsx';

/** Looks in one line. The single ones unfold below it. */
export function LooksRow({ row }: { readonly row: Extract<Row, { kind: 'looks' }> }) {
  return (
    <details className="entry looks" data-testid="looks">
      <summary className="action-head">
        <span className="quiet">
          <Icon name="search" />
        </span>
        <span className="action-title quiet">{looksWords(row.entries)}</span>
        <span className="looks-only small quiet">look only</span>
      </summary>
      <div className="looks-single">
        {row.entries.map((entry) => (
          <ActionEntry key={entry.id} entry={entry} />
        ))}
      </div>
    </details>
  );
}
