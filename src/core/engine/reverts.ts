import type { AuditLog, AuditReader, RunStore } from '../audit/port.ts';
import { turnsOf } from '../audit/tree.ts';
import type { ApprovalDesk } from '../approval/desk.ts';
import { GrantBook } from '../approval/grants.ts';
import { heldWords, type RunRequests } from '../presence/elsewhere.ts';
import { attended, type Presence } from '../presence/presence.ts';
import { RunRecord } from '../agent/runRecord.ts';
import { revertedEvents } from './revertedEvents.ts';
import type { ActionOf } from '../checkpoint/port.ts';
import type { Cancelled } from '../outcome.ts';
import { Failure } from '../outcome.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { callTool } from '../tools/call.ts';
import type { CallParts, CallResult } from '../tools/callRun.ts';
import { revertAction } from '../tools/files/revertAction.ts';
import { toolboxOf } from '../tools/toolbox.ts';
import { NO_FLAGS } from '../../shared/flow.ts';
import type { EventData, EventPayload } from '../../shared/auditEvent.ts';

export interface RevertParts {
  roots: readonly string[];
  audit: AuditLog & AuditReader & RunStore;
  desk: ApprovalDesk;
  redactor: Redactor;
  newId: () => string;
  now: () => number;
  presence: Presence;
  requests: RunRequests;
  open(run: string): Promise<RevertRun>;
}

/** What the call of a revert goes through the gate with, and what its run's first event says. */
export interface RevertRun {
  calls: CallParts;
  facts: Pick<EventData['run_started'], 'version' | 'policy' | 'at' | 'place'>;
  who: Pick<EventPayload['run_started'], 'user' | 'host'>;
}

/**
 * Reverts of actions. Each is one action in a run of its own: nothing but the way of every call has an effect, no other
 * run is active meanwhile, and the run that it reverts can still go on.
 */
export class Reverts {
  readonly #parts: RevertParts;
  #stop: AbortController | undefined;
  #working: Promise<unknown> = Promise.resolve();

  constructor(parts: RevertParts) {
    this.#parts = parts;
  }

  get isWorking(): boolean {
    return this.#stop !== undefined;
  }

  async stop(why: Cancelled): Promise<void> {
    this.#stop?.abort(why);
    await this.#working;
  }

  async revert(of: ActionOf): Promise<CallResult> {
    if (this.#stop) throw new Failure('Another action is being reverted.');
    const stop = (this.#stop = new AbortController());
    const working = this.#claimed(of, stop.signal).finally(() => {
      this.#stop = undefined;
    });
    this.#working = working.catch(() => undefined);
    return working;
  }

  async #claimed(of: ActionOf, signal: AbortSignal): Promise<CallResult> {
    const { audit, roots, newId, requests } = this.#parts;
    const id = newId();
    const claim = await audit.claim(roots, id);
    if (!claim.ok) throw new Failure(heldWords(claim));
    const stopListening = requests.listen(id, (why) => this.#stop?.abort(why));
    try {
      return await this.#recorded(of, id, signal);
    } finally {
      stopListening();
      await audit.release(id).catch(() => undefined);
    }
  }

  async #recorded(of: ActionOf, id: string, signal: AbortSignal): Promise<CallResult> {
    const { audit, redactor, roots } = this.#parts;
    const log = new RunRecord({ id, audit, redactor, isBegun: false, turn: () => 1 });
    const { calls, facts, who } = await this.#parts.open(id);
    const { title } = await this.#changedBy(of);
    await log.add(
      'run_started',
      { ...facts, provider: 'none', model: 'none' },
      { task: `Revert: ${title}`, folder: roots[0] ?? '', destination: 'Nothing is sent anywhere.', ...who },
    );
    const end = async (state: 'finished' | 'stopped' | 'failed', reason: string): Promise<void> => {
      await log.payOwed();
      await log.add('run_finished', { state, turns: 1 }, { reason });
    };
    try {
      const result = await this.#called(of, id, { calls, log, signal });
      if (result.status === 'done') for (const event of await revertedEvents(of, id, audit)) log.owe(event);
      await end(result.status === 'done' ? 'finished' : result.status === 'failed' ? 'failed' : 'stopped', result.text);
      return result;
    } catch (error) {
      await end('failed', error instanceof Error ? error.message : 'unknown failure').catch(() => undefined);
      throw error;
    }
  }

  #called(
    of: ActionOf,
    id: string,
    { calls, log, signal }: { calls: CallParts; log: RunRecord; signal: AbortSignal },
  ): Promise<CallResult> {
    const { audit, desk, redactor, roots, newId, now, presence } = this.#parts;
    const { checkpoints } = calls;
    const tool = revertAction({
      folder: roots[0] ?? '',
      foresee: (paths) => checkpoints.foresee(id, paths),
      changedBy: (one) => this.#changedBy(one),
      checkpoints,
    });
    return callTool(
      { id: 'revert', name: tool.name, arguments: JSON.stringify(of) },
      {
        ...calls,
        ...{ id, turn: 1, audit, desk, redactor, newId, now },
        toolbox: toolboxOf([tool]),
        grants: new GrantBook(now),
        flags: () => NO_FLAGS,
        performing: () => Promise.resolve(),
        owe: (event) => {
          log.owe(event);
        },
        waiting: () => undefined,
        attended: () => attended({ presence, record: (type) => log.add(type, {}), waiting: () => undefined }, signal),
        show: () => undefined,
      },
      signal,
    );
  }

  async #changedBy({ run, action }: ActionOf): ReturnType<Parameters<typeof revertAction>[0]['changedBy']> {
    const actions = turnsOf(await this.#parts.audit.events(run)).flatMap((turn) => turn.actions);
    const found = actions.find(({ id }) => id === action);
    if (!found) throw new Failure('This action is not in the log.');
    return { title: found.title, changed: found.changed };
  }
}
