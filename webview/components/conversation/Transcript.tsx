import { memo } from 'react';
import type { Entry } from '../../../src/shared/runView.ts';
import { rowsOf } from '../../state/folding.ts';
import { EntryView } from '../EntryView.tsx';
import { LooksRow } from '../LooksRow.tsx';

interface TranscriptProps {
  readonly entries: readonly Entry[];
  /** How many entries before these are left out. */
  readonly before: number;
}

/** What was said and done so far. */
export const Transcript = memo(function Transcript({ entries, before }: TranscriptProps) {
  return (
    <div
      className="transcript"
      role="log"
      aria-label="Transcript"
      aria-busy={entries.some((entry) => entry.kind === 'assistant' && entry.streaming)}
    >
      {entryViews(entries, before)}
    </div>
  );
});

/** Entries are only ever added at the end, so their number names them, also when the first are left out. */
export function entryViews(entries: readonly Entry[], before: number) {
  return rowsOf(entries, before).map((row) =>
    row.kind === 'looks' ? <LooksRow key={row.number} row={row} /> : <EntryView key={row.number} entry={row.entry} />,
  );
}
