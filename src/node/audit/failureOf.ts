import { Failure } from '../../core/outcome.ts';
import type { Fault } from '../../shared/fault.ts';
import { CROSSINGS, type Problem } from './crossing.ts';
import type { StoreMethod } from './messages.ts';

/** The log could not be written or read; nothing that depends on it may happen. */
export class AuditFailure extends Failure {
  override name = 'AuditFailure';

  override get fault(): Fault {
    return 'log';
  }
}

type Use = 'record' | 'read' | 'search' | 'erase';

/** What each call is for: whoever searches is not told that nothing can be recorded. */
const USES: Record<StoreMethod, Use> = {
  append: 'record',
  claim: 'record',
  release: 'record',
  recover: 'record',
  saveTranscript: 'record',
  growTranscript: 'record',
  settle: 'record',
  loadTranscript: 'read',
  conversationSeq: 'read',
  running: 'read',
  runs: 'read',
  runsIn: 'read',
  summaries: 'read',
  events: 'read',
  textOf: 'read',
  exposure: 'read',
  turns: 'read',
  questions: 'read',
  find: 'search',
  values: 'search',
  matching: 'search',
  advance: 'search',
  erase: 'erase',
  retain: 'erase',
};

/**
 * What became of a call to the log's worker that failed, as the class it was thrown as and with words for people. What
 * is wrong with the log itself is the cause of an `AuditFailure`; a bug stays a bug, with the worker's stack.
 */
export function failureOf(method: StoreMethod, problem: Problem): Error {
  const said = words(USES[method], problem.problem);
  switch (problem.name) {
    case 'Failure':
      return new AuditFailure(said, { cause: new Failure(problem.problem) });
    case 'bug': {
      const bug = new Error(said);
      bug.stack = `${said}\n${problem.stack}`;
      return bug;
    }
    default: {
      const crossing = CROSSINGS[problem.name];
      const error = crossing.again(problem.from);
      return crossing.arrives === 'as itself' ? error : new AuditFailure(said, { cause: error });
    }
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
