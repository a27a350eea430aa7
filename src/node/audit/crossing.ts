import { ConversationChanged, LogRefusal, RunFull, RunTakenOver } from '../../core/audit/port.ts';
import { kindOfError } from '../../core/outcome.ts';
import { IndexDamaged, LogReplaced, OtherFormat, RulesChanged } from './problems.ts';
import { isSqlite } from './sqliteProblem.ts';

/** How a class of error crosses: what it is made from again, and whether it arrives as itself or as why the log failed. */
interface Crossing {
  made(error: Error): unknown[] | undefined;
  again(from: unknown[]): Error;
  arrives: 'as itself' | 'as the cause';
}

function crossing<From extends unknown[], E extends Error>(
  Class: new (...from: From) => E,
  from: (error: E) => [...From],
  arrives: Crossing['arrives'],
): Crossing {
  return {
    made: (error) => (error instanceof Class ? from(error) : undefined),
    again: (made) => new Class(...(made as From)), // what `from` of this class gave, on the other side
    arrives,
  };
}

/** Every class of error that the store throws. One that is not here is a failure without more, or a bug. */
export const CROSSINGS = {
  RunFull: crossing(RunFull, ({ message }) => [`${message}.`], 'as itself'),
  RunTakenOver: crossing(RunTakenOver, () => [], 'as itself'),
  LogRefusal: crossing(LogRefusal, ({ message }) => [message], 'as itself'),
  ConversationChanged: crossing(ConversationChanged, ({ message }) => [`${message}.`], 'as itself'),
  LogReplaced: crossing(LogReplaced, ({ gap, message }) => [gap, message], 'as the cause'),
  OtherFormat: crossing(OtherFormat, ({ isNewer, message }) => [isNewer, message], 'as the cause'),
  RulesChanged: crossing(RulesChanged, () => [], 'as the cause'),
  IndexDamaged: crossing(IndexDamaged, () => [], 'as the cause'),
} as const satisfies Record<string, Crossing>;

export type CrossingName = keyof typeof CROSSINGS;

/** What went wrong in the worker, as it crosses. A bug has its stack. */
export type Problem = { problem: string } & (
  { name: CrossingName; from: unknown[] } | { name: 'Failure' } | { name: 'bug'; stack: string }
);

export function problemOf(error: unknown): Problem {
  const problem = error instanceof Error ? error.message : String(error);
  for (const name of Object.keys(CROSSINGS) as CrossingName[]) {
    const from = error instanceof Error ? CROSSINGS[name].made(error) : undefined;
    if (from) return { name, problem, from };
  }
  if (kindOfError(error) !== 'bug' || isSqlite(error)) return { name: 'Failure', problem };
  return { name: 'bug', problem, stack: (error instanceof Error ? error.stack : undefined) ?? problem };
}
