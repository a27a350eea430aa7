import { ConversationChanged, LogRefusal, RunFull } from '../../core/audit/port.ts';
import type { StoreMethod, StoreReply } from './messages.ts';
import { Failure } from '../../core/outcome.ts';

/** The log could not be written or read; nothing that depends on it may happen. */
export class AuditFailure extends Failure {
  override name = 'AuditFailure';
}

type Use = 'record' | 'read' | 'search' | 'erase';

/** What each call is for: whoever searches is not told that nothing can be recorded. */
const USES: Record<StoreMethod, Use> = {
  append: 'record',
  claim: 'record',
  release: 'record',
  recover: 'record',
  saveTranscript: 'record',
  settle: 'record',
  loadTranscript: 'read',
  runs: 'read',
  summaries: 'read',
  events: 'read',
  questions: 'read',
  find: 'search',
  values: 'search',
  matching: 'search',
  advance: 'search',
  erase: 'erase',
  retain: 'erase',
};

/** What became of a call to the log's worker that failed, as the class it was thrown as and with words for people. */
export function failureOf(method: StoreMethod, { problem, kind }: Extract<StoreReply, { problem: string }>): Error {
  switch (kind) {
    case 'full':
      return new RunFull(`${problem}.`);
    case 'conversation':
      return new ConversationChanged(`${problem}.`);
    case 'refusal':
      return new LogRefusal(problem);
    case 'log':
      return new AuditFailure(words(USES[method], problem));
  }
}

function words(use: Use, problem: string): string {
  switch (use) {
    case 'record':
      return `The audit log cannot be written: ${problem}. Nothing is done without it.`;
    case 'read':
      return `The audit log cannot be read: ${problem}.`;
    case 'search':
      return `The audit log cannot be searched: ${problem}. What is done is recorded all the same.`;
    case 'erase':
      return `Nothing could be erased from the audit log: ${problem}.`;
  }
}
