import type { Action, Resource } from '../../shared/action.ts';
import type { ToolCall } from '../models/port.ts';
import { offersFor } from '../approval/grants.ts';
import { throwIfStopped } from '../outcome.ts';
import type { Scope } from '../scope/scope.ts';
import { isInside } from '../scope/spelling.ts';
import { callTool, type Beside } from './call.ts';
import type { CallResult, CallRun } from './callRun.ts';
import { decidedNow } from './decideCall.ts';
import { OpenCall } from './openCall.ts';
import type { OpenQuestion } from './openQuestion.ts';

/** So many calls after the one that waits are looked at. */
const MOST_AHEAD = 20;

/** Calls of one reply, and where in it they stand. */
export interface Reply {
  id: string;
  /** All that it had. */
  all: readonly ToolCall[];
  /** Those of them to be done. */
  calls: readonly ToolCall[];
}

/**
 * The calls of one reply: done one after the other, in its order. While one of them waits for a person, those after it
 * that will have to ask are put beside it, each as it stands then, each with an answer of its own. An answer is kept until
 * the call's turn, where it is decided again; what is not as shown any more is taken back before.
 */
export class ReplyCalls implements Beside {
  readonly #calls: readonly OpenCall[];
  readonly #run: CallRun;
  readonly #signal: AbortSignal;
  /** How many have had their turn, or have it. */
  #at = 0;
  #nextGrant = Promise.withResolvers<undefined>();

  constructor({ id, all, calls }: Reply, run: CallRun, signal: AbortSignal) {
    this.#run = run;
    this.#signal = signal;
    this.#calls = calls.map((call) => new OpenCall(call, run, { id, place: all.indexOf(call) + 1, calls: all.length }));
  }

  /** Does the next one. */
  async next(): Promise<CallResult> {
    const call = this.#calls[this.#at];
    if (!call) throw new Error('every call of this reply is done');
    this.#at += 1;
    return callTool(call, this.#run, this.#signal, this);
  }

  /** One was done: what others wait for is decided anew, as things stand now. */
  async lookAgain(): Promise<void> {
    if (!this.#calls.slice(this.#at).some(({ question }) => isToLookAt(question))) return;
    await this.#run.attended(); // where nobody is there, nothing is asked
    await this.lookAhead();
  }

  /** Looks at those after the one at its turn; `waiting`: what that would do. */
  async lookAhead(waiting?: Action): Promise<void> {
    const before = waiting ? [waiting] : [];
    for (const call of this.#calls.slice(this.#at, this.#at + MOST_AHEAD)) {
      throwIfStopped(this.#signal);
      const action = await this.#lookAt(call, before);
      if (action) before.push(action);
    }
  }

  /** What others wait for may be another thing by now. */
  readonly granted = (): void => {
    const { resolve } = this.#nextGrant;
    this.#nextGrant = Promise.withResolvers();
    resolve(undefined);
  };

  grantElsewhere(): Promise<void> {
    return this.#nextGrant.promise;
  }

  /** None of the others will be done, because of this. */
  async close(why: unknown): Promise<void> {
    for (const call of this.#calls.slice(this.#at)) await call.close(why);
    this.#at = this.#calls.length;
  }

  /** What it would do before the calls after it, if anything. */
  async #lookAt(call: OpenCall, before: readonly Action[]): Promise<Action | undefined> {
    if (call.parsed.kind === 'no-call') return undefined;
    await this.#changeNow(call);
    if (!call.question?.answer) {
      const { context, decided } = await decidedNow(call.use, this.#run, () => this.#run.grants.views(), this.#signal);
      if (decided.kind !== 'decided') {
        await call.takeBack();
        return undefined;
      }
      const { described, decision } = decided;
      const { action } = described;
      const isToAsk = decision.verdict === 'ask';
      if (isToAsk && call.question?.shows(decided)) return action;
      const isFree = await call.takeBack();
      if (isFree && isToAsk && !restsOn(action, before, context.scope)) {
        await call.propose(decided, context);
        await call.ask(decided, context, { granted: this.granted });
      }
      if (isFree) return decision.verdict === 'deny' ? undefined : action;
    }
    const { answer, about } = call.question ?? {};
    return answer?.kind === 'refused' ? undefined : about?.described.action;
  }

  /** What a person changed it to is decided at once. Where that is approved with it, the answer is kept until its turn. */
  async #changeNow(call: OpenCall): Promise<void> {
    const { question } = call;
    if (question?.answer?.kind !== 'edited') return;
    const { kind } = await call.edit(question, question.answer, this.#signal);
    if (kind !== 'approved') call.takeAnswered();
  }
}

/**
 * Whether what comes before an action decides about it: it is about what that would change, so that it will not be done as
 * it stands now; or it is the same again, which a remembered answer to that would spare.
 */
function restsOn(action: Action, before: readonly Action[], scope: Scope): boolean {
  const place = { shown: (path: string) => scope.shown(path), roots: scope.roots };
  if (before.some((one) => offersFor(one, place)[0]?.covers(action) === true)) return true;
  const changed = before.flatMap(({ resources }) => resources.filter(changes));
  return action.resources.some(({ path }) =>
    changed.some((one) => isInside(one.path, path) || isInside(path, one.path)),
  );
}

/** It waits, or was changed. */
function isToLookAt(question: OpenQuestion | undefined): boolean {
  return question !== undefined && (question.answer === undefined || question.answer.kind === 'edited');
}

function changes({ access }: Resource): boolean {
  return access === 'write' || access === 'delete';
}
