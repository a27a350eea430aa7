import type { AuditRecord, EventType } from '../../shared/auditEvent.ts';

/** What a run says in place of a message where nobody said one. */
export const RESUMED = '(resumed)';

/** A message of a person, as the log has it. */
export interface Spoken {
  /** Counted from 1 over all that a person said in the run. */
  number: number;
  /** Of its event. */
  seq: number;
  /** Undefined where it was erased. */
  text: string | undefined;
  /** It was taken back before the model was told it. */
  isWithdrawn: boolean;
}

/** What a person said in a run, in its order: its task, and what was said to it later. */
export function spokenIn(events: readonly AuditRecord[]): Spoken[] {
  const withdrawn = new Set(
    events.flatMap(({ type, data }) => (type === 'message_withdrawn' ? [data['message']] : [])),
  );
  return events.filter(isSpoken).map(({ type, seq, data, payload }, index) => {
    const text = payload?.[type === 'message' ? 'text' : 'task'];
    return {
      ...{ number: index + 1, seq },
      text: typeof text === 'string' ? text : undefined,
      isWithdrawn: type === 'message' && withdrawn.has(data['message']),
    };
  });
}

/** Whether a person says something by it. */
export function isSpoken({ type, payload }: { type: EventType; payload?: object | undefined }): boolean {
  if (type === 'message') return true;
  if (type !== 'run_started' && type !== 'run_continued') return false;
  return payload === undefined || !('task' in payload) || payload.task !== RESUMED;
}
