import type { ExportEndState } from '../../../core/audit/verdict.ts';
import { EXPORT_FORMAT, exportStatement } from '../chain.ts';
import type { Bad } from './bad.ts';
import type { ChainCheck } from './chainCheck.ts';
import { endText, type ExportCounts, type ExportEnd, type ExportHeader } from './exportFormat.ts';

/** What an export says of itself in its first and its last line. */
export interface Exported {
  header: ExportHeader;
  /** Once all events were read; undefined where it has no last line. */
  end: () => ExportEnd | undefined;
}

/**
 * How an export ends. With the account's word for exactly what was read: `signed`. Without, it may have been cut off.
 * Earlier versions wrote none; of a log in which a later version wrote, no such export is believed.
 */
export function checkedEnd({ header, end }: Exported, check: ChainCheck): ExportEndState | Bad {
  const found = end();
  // Which version wrote them is not to be known of processes that the chain itself does not introduce.
  const isEarlier =
    check.events > 0 && header.format < EXPORT_FORMAT && check.exports < EXPORT_FORMAT && !check.hasIntroduced;
  if (!found) return isEarlier ? 'earlier' : 'missing';
  const { seq: last, hash } = check.last;
  const bad = (property: Bad['property'], words: string): Bad => ({ seq: last + 1, property, words });
  if (!check.isSignedByAccount(exportStatement(found.text), found.signature))
    return bad('signature', 'the signature at the end of the export does not fit');
  const counts = { last, ...check.counts, ...(found.said['shown'] !== undefined && { shown: check.shown }) };
  if (found.text !== endText(header, { hash, ...counts }))
    return bad('end', `the export is not what its end says: ${difference(found.said, counts)}`);
  return 'signed';
}

function difference(said: Record<string, unknown>, { shown, ...counted }: Omit<ExportCounts, 'hash'>): string {
  const other = Object.entries(counted).find(([key, count]) => said[key] !== count);
  if (other) return `${other[0]} ${String(said[other[0]])}, and here ${other[1]}`;
  return said['shown'] === shown
    ? 'its first line is another one'
    : 'the payloads in it are not those of the same events';
}
