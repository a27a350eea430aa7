import type { RunSummary } from '../shared/auditEvent.ts';

/** A run's name for a document or a file: what its task begins with, without what file systems and links trip over. */
export function titleOf(run: RunSummary): string {
  const line = run.task.split('\n')[0] ?? '';
  return (
    line
      .replace(/[^\p{L}\p{N} ._-]+/gu, ' ')
      .trim()
      .slice(0, 60) || 'Run'
  );
}
