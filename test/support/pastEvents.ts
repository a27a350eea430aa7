import type { AuditRecord, EventType } from '../../src/shared/auditEvent.ts';

let seq = 0;

/** An event as a log gives it, with what a test wants it to say. */
export function sampleOf(type: EventType, said: Partial<AuditRecord> = {}): AuditRecord {
  seq += 1;
  return {
    ...{ v: 1, seq, time: '2026-01-01T00:00:00.000Z', writer: 'w', run: 'r', hash: '', type },
    data: {},
    ...said,
  };
}
