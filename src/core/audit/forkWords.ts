import type { AuditRecord } from '../../shared/auditEvent.ts';

/** What a person should know of a run that is forked. */
export function forkWords(data: AuditRecord['data']): string {
  const { from, message } = data;
  const where = typeof message === 'number' ? `, before its message ${message}` : '';
  return `A new run from here: it knows what was said in run ${typeof from === 'string' ? from : 'unknown'}${where}. Files stay as they are.`;
}
