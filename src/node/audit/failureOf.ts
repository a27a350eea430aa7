import { ConversationChanged, LogRefusal, RunFull } from '../../core/audit/port.ts';
import { Failure, kindOfError } from '../../core/outcome.ts';
import type { Problem, StoreMethod } from './messages.ts';
import { IndexDamaged, LogReplaced, OtherFormat, RulesChanged } from './problems.ts';
import { isSqlite } from './sqliteProblem.ts';

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

/** What went wrong in the worker, as it crosses: with its class, and what else is needed to make it again. */
export function problemOf(error: unknown): Problem {
  const problem = error instanceof Error ? error.message : String(error);
  if (error instanceof LogReplaced) return { name: 'LogReplaced', problem, gap: error.gap };
  if (error instanceof OtherFormat) return { name: 'OtherFormat', problem, isNewer: error.isNewer };
  for (const [name, Class] of PLAIN) if (error instanceof Class) return { name, problem };
  if (kindOfError(error) !== 'bug' || isSqlite(error)) return { name: 'Failure', problem };
  return { name: 'bug', problem, stack: (error instanceof Error ? error.stack : undefined) ?? problem };
}

const PLAIN = [
  ['RunFull', RunFull],
  ['LogRefusal', LogRefusal],
  ['ConversationChanged', ConversationChanged],
  ['RulesChanged', RulesChanged],
  ['IndexDamaged', IndexDamaged],
] as const;

/**
 * What became of a call to the log's worker that failed, as the class it was thrown as and with words for people. What
 * is wrong with the log itself is the cause of an `AuditFailure`; a bug stays a bug, with the worker's stack.
 */
export function failureOf(method: StoreMethod, problem: Problem): Error {
  const said = words(USES[method], problem.problem);
  switch (problem.name) {
    case 'RunFull':
      return new RunFull(`${problem.problem}.`);
    case 'ConversationChanged':
      return new ConversationChanged(`${problem.problem}.`);
    case 'LogRefusal':
      return new LogRefusal(problem.problem);
    case 'LogReplaced':
      return new AuditFailure(said, { cause: new LogReplaced(problem.gap, problem.problem) });
    case 'OtherFormat':
      return new AuditFailure(said, { cause: new OtherFormat(problem.isNewer, problem.problem) });
    case 'RulesChanged':
      return new AuditFailure(said, { cause: new RulesChanged() });
    case 'IndexDamaged':
      return new AuditFailure(said, { cause: new IndexDamaged() });
    case 'Failure':
      return new AuditFailure(said, { cause: new Failure(problem.problem) });
    case 'bug': {
      const bug = new Error(said);
      bug.stack = `${said}\n${problem.stack}`;
      return bug;
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
