import type { GrantBook } from '../approval/grants.ts';
import type { CallRun } from '../tools/callRun.ts';
import { claimOf } from './claim.ts';
import type { Conversation } from './conversation.ts';
import type { RunParts } from './runParts.ts';
import type { RunRecord } from './runRecord.ts';
import type { Transcript } from './transcript.ts';

/** What calls of a run need of it beside its parts. */
interface CallsOf extends Pick<CallRun, 'flags' | 'performing' | 'attended' | 'waiting' | 'asking' | 'unanswered'> {
  parts: RunParts;
  conversation: Conversation;
  transcript: Transcript;
  log: RunRecord;
  grants: GrantBook;
  turn: number;
}

/** A run as its calls see it: what decides, asks, records and shows them. */
export function callRunOf({ parts, conversation, transcript, log, ...run }: CallsOf): CallRun {
  const { redactor, audit, desk, clock, id, calls } = parts;
  return {
    ...calls,
    ...{ id, audit, desk, redactor },
    ...run,
    claim: claimOf(conversation.messages),
    owe: (event) => {
      log.owe(event);
    },
    newId: () => parts.newId(),
    now: () => clock.monotonic(),
    show: (update) => {
      transcript.action(update);
      for (const text of update.remarks ?? []) transcript.add({ kind: 'notice', level: 'warning', text });
      parts.onChange();
    },
  };
}
