import { originOf, type AnsweredBy } from '../../shared/answered.ts';
import type { LimitChoice } from '../../shared/limitQuestion.ts';
import { Cancelled } from '../outcome.ts';
import { takenBackBy } from '../stopped.ts';
import type { Outcome } from './ending.ts';
import type { Limit } from './limits.ts';
import type { Talk } from './talk.ts';

/**
 * The run has come to a limit. Where a person is there, they are asked whether it goes on: then it may use as much again.
 * Undefined where it does; otherwise how it ends, to be resumed. Throws `Cancelled` where it is stopped meanwhile.
 */
export async function atLimit(talk: Talk, limit: Limit, signal: AbortSignal): Promise<Outcome | undefined> {
  const { isPersonThere } = talk.limits;
  const { kind, words } = limit;
  const { tokens } = talk.usage.spent;
  const cost = talk.usage.price === undefined ? {} : { costSoFar: Math.round(talk.usage.spent.cost * 1_000_000) };
  await talk.record(
    'limit_reached',
    { limit: kind, turns: talk.budget.turns, tokens, ...cost, asked: isPersonThere },
    { words },
  );
  if (isPersonThere) {
    await talk.limits.attended();
    if ((await asked(talk, limit, signal)) === 'go-on') return undefined;
  }
  return { state: 'limit', reason: words, limit: kind };
}

async function asked(talk: Talk, limit: Limit, signal: AbortSignal): Promise<LimitChoice> {
  const { kind, words, more } = limit;
  const { limits } = talk;
  const began = limits.now();
  const answered = async (choice: LimitChoice, from: AnsweredBy | ReturnType<typeof takenBackBy>): Promise<void> => {
    await talk.record('limit_answered', { limit: kind, choice, ...from, waitedMs: Math.round(limits.now() - began) });
  };
  limits.waiting(true);
  try {
    const { choice, from } = await limits.desk.ask(
      { id: limits.newId(), run: limits.run, limit: kind, words, more },
      signal,
    );
    await answered(choice, originOf(from));
    if (choice === 'go-on') allowMore(talk, limit);
    return choice;
  } catch (error) {
    if (error instanceof Cancelled) await answered('stop', takenBackBy(error));
    throw error;
  } finally {
    limits.waiting(false);
  }
}

function allowMore({ budget, usage }: Talk, { kind }: Limit): void {
  switch (kind) {
    case 'turns':
      budget.allowTurns();
      return;
    case 'time':
      budget.allowTime();
      return;
    case 'tokens':
    case 'money':
      usage.allowMore();
      return;
    case 'repetition':
      return;
  }
}
